from __future__ import annotations

import network
from core.settings.choices import NetworkMode
from core.settings.tree import NetworkSettings


def test_a_new_instance_is_standalone_and_each_mode_has_its_role() -> None:
    assert network.role(NetworkSettings()) is network.InstanceRole.STANDALONE
    for mode in NetworkMode:
        assert network.role(NetworkSettings(mode=mode)).value == mode.value


def test_the_types_of_messages_are_found_where_the_specification_names_the_module() -> None:
    assert len(network.MessageType) == 9
