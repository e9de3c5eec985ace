import tempfile, shutil
from pathlib import Path
from tests.qa.test_crashes import *
fails=0
for i in range(60):
    f=Path(tempfile.mkdtemp())
    try: test_processes_add_and_ask_at_once.__wrapped__(f,"save") if hasattr(test_processes_add_and_ask_at_once,"__wrapped__") else test_processes_add_and_ask_at_once(f,"save")
    except AssertionError as e:
        fails+=1; print(str(e)[-600:])
    shutil.rmtree(f,ignore_errors=True)
print("fails",fails)
