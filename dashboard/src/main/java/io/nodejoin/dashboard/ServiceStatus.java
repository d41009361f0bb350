package io.nodejoin.dashboard;

import io.nodejoin.protocol.ClusterName;
import java.util.List;

/** What the service knows of its own parts. */
public interface ServiceStatus {
    /** Returns the parts that it depends on, from the latest probes; does not block. */
    List<Part> parts();

    /** Returns what an operator has to see to, as far as its own parts know of it; does not block. */
    List<Notice> notices();

    /** Returns what holds the joins of this cluster back now; does not block. */
    BindingLimits limits(ClusterName cluster);

    /**
     * What holds joins back.
     *
     * @param binding the limits that bind now, the one that stops most first
     * @param complete whether this process would see every limit; one without a worker does not see those of clusters
     */
    record BindingLimits(List<BindingLimit> binding, boolean complete) {
        public BindingLimits {
            binding = List.copyOf(binding);
        }
    }

    /**
     * A limit that binds.
     *
     * @param sentence a clause without a full stop, such as {@code 50 of 50 tokens exist (maxTokens)}
     */
    record BindingLimit(Kind kind, String sentence) {
        /** Which limit it is, in the order of what it stops. */
        public enum Kind {
            /** No worker of this process takes joins up. */
            TEMPORAL,
            /** Kafka does not answer, so nothing is read or published. */
            KAFKA,
            /** Partitions of the requests topic are paused, or none is read. */
            INTAKE,
            /** Requests wait to be read. */
            BACKLOG,
            /** The workers run as many tasks as they may. */
            WORKER_SLOTS,
            /** The cluster does not answer, or its preconditions are not met. */
            CLUSTER,
            /** As many bootstrap tokens exist as may. */
            TOKEN_QUOTA,
            /** The API server limits Nodejoin's requests. */
            API_SERVER
        }
    }

    /**
     * One part.
     *
     * @param detail what is wrong; empty if nothing is
     */
    record Part(String name, Level level, String detail) {}

    /**
     * What an operator has to see to.
     *
     * @param runbook the page of the operations manual about it, relative to {@code docs/operations}
     */
    record Notice(Level level, String sentence, String runbook) {}
}
