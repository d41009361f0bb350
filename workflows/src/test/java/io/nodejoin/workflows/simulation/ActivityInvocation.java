package io.nodejoin.workflows.simulation;

import io.temporal.api.common.v1.Payloads;
import io.temporal.api.failure.v1.Failure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An activity as its worker sees it: what to execute, and who waits for the result. Executions are numbered from 1. */
interface ActivityInvocation {
    SimulatedTemporal temporal();

    /** The id of the activity in its run. */
    String id();

    String type();

    Payloads input();

    Duration startToClose();

    /** Zero if it has none. */
    Duration heartbeatTimeout();

    /** Returns whether the caller waits for this execution. */
    boolean isCurrent(int execution);

    /** Accepts a heartbeat. Returns whether the execution is cancelled. */
    boolean heartbeat(int execution);

    /** Returns whether what the execution reports gets lost on the way. */
    boolean losesReport();

    void complete(int execution, @Nullable Payloads result);

    void fail(int execution, Failure failure);

    void confirmCancel(int execution);
}
