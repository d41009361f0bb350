package io.nodejoin.testbed.chaos;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;

/** A join that was asked for. */
record Going(NodeName node, JoinId join, Course course) {
    Going doomed() {
        return new Going(node, join, Course.DOOMED);
    }
}
