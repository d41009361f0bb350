package io.nodejoin.service.wiring;

import io.nodejoin.service.health.Readiness;
import io.nodejoin.service.worker.PolledQueue;
import java.util.List;
import java.util.Map;

/** What one role adds to a process of the service. */
interface RoleParts {
    /** Returns the components that start before the Temporal workers and stop after them, in the order of their start. */
    List<Lifecycle.Part> background();

    /** Returns the components that start after the Temporal workers and stop before them, in the order of their start. */
    List<Lifecycle.Part> entrances();

    /** Returns the probes of what it depends on, by name. */
    Map<String, Readiness.Probe> probes();

    /** Returns the task queues that it polls. */
    List<PolledQueue> queues();
}
