"""A rehearsal of a first run with internet: `nox -s attacks -- contact`. Not part of the wheel.

Local servers stand for the hosts of the registry and serve made-up data in the documented form. On them run
the commands of a newcomer, and each run is checked for errors, memory and messages. With `--cut 0.01` that is
done with a hundredth of the data, and with `--real` on the real hosts.
"""
