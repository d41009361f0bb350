package io.nodejoin.gateway.enrollment;

import io.nodejoin.gateway.ratelimit.RateLimiter;
import io.nodejoin.workflows.node.NodeRef;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs refusals once a minute for each node, and one a second of all nodes, since whoever guesses repeats it under any name. Thread-safe. */
final class RefusalLog {
    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
    private static final double PER_SECOND_AND_NODE = 1.0 / 60;
    private static final double PER_SECOND = 1;
    private static final double BURST = 30;

    private final RateLimiter ofNode;
    private final RateLimiter ofAll;

    RefusalLog(LongSupplier nanoTime) {
        this.ofNode = new RateLimiter(PER_SECOND_AND_NODE, 1, nanoTime);
        this.ofAll = new RateLimiter(PER_SECOND, BURST, nanoTime);
    }

    /** @param what is refused */
    void warn(String what, NodeRef node, String reason) {
        if (ofNode.tryAcquire(node.cluster() + "/" + node.name()) && ofAll.tryAcquire("")) {
            LOG.atWarn()
                    .addKeyValue("cluster", node.cluster())
                    .addKeyValue("node", node.name())
                    .addKeyValue("reason", reason)
                    .log("{} refused", what);
        }
    }
}
