package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.NodeRef;
import java.util.ArrayList;
import java.util.List;

/** Everything except workflow code: time, random numbers, servers and the host. */
final class World {
    static final NodeRef NODE = new NodeRef(new ClusterName("kraken"), new NodeName("w1"));

    final VirtualTime timeline;
    final SeededRandom random;
    final EventTrace trace;
    final FaultSchedule faults;
    final SimulatedApiServer api;
    final SimulatedTemporal temporal;
    final Replicas workers;
    final ClusterActors controllers;
    final SafetyInvariants check;
    final Strangers strangers;
    final Environment outside;
    final SimulatedHost host;
    /** The events topic. */
    final List<OutcomeEvent> topic = new ArrayList<>();
    /** The invariants that were violated during the run. */
    final List<String> broken = new ArrayList<>();

    World(
            VirtualTime timeline,
            SeededRandom random,
            EventTrace trace,
            FaultSchedule faults,
            WorkflowExecutor code,
            Mutant mutant) {
        this.timeline = timeline;
        this.random = random;
        this.trace = trace;
        this.faults = faults;
        this.api = new SimulatedApiServer(timeline, random);
        ActivityRegistry activities = new ActivityRegistry(this, mutant);
        this.workers = new Replicas(timeline, random, activities::start);
        this.temporal = new SimulatedTemporal(timeline, random, trace, faults, code, workers);
        this.controllers = new ClusterActors(this);
        this.check = new SafetyInvariants(this);
        this.strangers = new Strangers(this);
        this.host = new SimulatedHost(this);
        this.outside = new Environment(this);
    }

    void broken(String rule) {
        trace.add("check", "BROKEN " + rule);
        broken.add(rule);
    }

    /** Ends the run. */
    void stop() {
        timeline.stop();
    }

    static JoinId joinId(String event) {
        return JoinId.of("simulation", event);
    }
}
