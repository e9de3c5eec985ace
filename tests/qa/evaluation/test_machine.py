import sys

import pytest

from qa.evaluation.machine import PeakMemory, machine_facts, package_versions


def test_versions_are_of_packages_that_are_there() -> None:
    found = package_versions(("numpy", "no-such-package-at-all"))
    assert found.keys() == {"numpy"}
    assert "transcript-qa" in package_versions()


def test_the_machine_is_named() -> None:
    facts = machine_facts()
    assert facts["processor"]
    assert facts["cores"] >= 1
    assert facts["system"]
    assert int(facts["threads"]["faiss"]) >= 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forgets a peak on request")
def test_peak_memory_is_that_since_it_was_begun() -> None:
    before = PeakMemory()
    if before.since_start:
        pytest.skip("this system does not let a process reset its peak")
    low = before.mib()
    held = bytearray(64 << 20)
    high = before.mib()
    del held
    later = PeakMemory().mib()
    assert low is not None
    assert high is not None
    assert later is not None
    assert high - low > 56
    assert high - later > 40
