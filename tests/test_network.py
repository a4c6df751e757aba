from __future__ import annotations

import network


def test_nothing_is_pretended_an_instance_is_standalone() -> None:
    assert network.role() is network.InstanceRole.STANDALONE


def test_the_types_of_messages_are_found_where_the_specification_names_the_module() -> None:
    assert len(network.MessageType) == 9
