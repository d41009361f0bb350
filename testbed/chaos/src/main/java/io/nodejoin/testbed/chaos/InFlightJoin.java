package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;

/** A requested join. */
record InFlightJoin(NodeName node, JoinId joinId, ExpectedOutcome expected) {
    InFlightJoin withAnyOutcome() {
        return new InFlightJoin(node, joinId, ExpectedOutcome.ANY);
    }
}
