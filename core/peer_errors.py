"""What can go wrong between machines of a network; a part of the tree of ``core.errors``."""

from __future__ import annotations

from core.errors import MediaProcessorError
from core.text.sentence import Sentence


class PeerError(MediaProcessorError):
    """Another machine of the network sent or did something that it must not."""

    code = "peer"
    transient = True


class WrongField(PeerError):
    """A field of another machine's message is invalid; the whole message is rejected."""

    code = "wrong_field"


class ForeignTemplate(PeerError):
    """A master's template has words that are not known to be harmless to this machine's files."""

    code = "foreign_template"

    def __init__(self, template: str, words: str) -> None:
        self.template, self.words = template, words
        super().__init__(
            Sentence(
                "The master's template {template} has {words}, which may read or write other files of "
                "this machine. If it may be used here, put it into this machine's settings as well.",
                template=template,
                words=repr(words),
            )
        )


class ProofFailed(PeerError):
    """The other end does not know the secret that only the two paired machines share."""

    code = "proof_failed"
    transient = False


class UnknownMessage(PeerError):
    """A message of an unknown type; ``number`` is the one that its answer has to carry."""

    code = "unknown_message"

    def __init__(self, kind: str, number: object = None) -> None:
        self.kind, self.number = kind, number
        super().__init__(Sentence("A message has an unknown type: {kind}.", kind=kind))


class PeerRefused(PeerError):
    """The other machine answered with an error; ``peer_code`` is that error's code over there."""

    code = "peer_refused"

    def __init__(self, sentence: str, peer_code: str = "") -> None:
        self.peer_code = peer_code
        super().__init__(sentence)


class NodeTrouble(PeerError):
    """A machine of the network could not do its job, and not because of the film."""

    code = "node_trouble"

    def __init__(self, node: str, problem: str) -> None:
        self.node, self.problem = node, problem
        super().__init__(
            Sentence(
                "{node} could not process this film: {problem}",
                node=node or Sentence("A machine"),
                problem=problem,
            )
        )


class NodeLost(NodeTrouble):
    """A machine of the network sent no heartbeat for longer than its lease."""

    code = "node_lost"

    def __init__(self, node: str) -> None:
        super().__init__(node, Sentence("it stopped responding. The film will be restarted."))


class JobTakenBack(NodeTrouble):
    """A job came back from a machine of the network without a failure: its program ended, for instance."""

    code = "job_taken_back"


class NoMachine(PeerError):
    """No machine that is there now can work on this film."""

    code = "no_machine"
