package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.NodeRef;
import java.util.ArrayList;
import java.util.List;

/** Everything that is not workflow code, in one place: time, chance, the servers and the host. */
final class World {
    static final NodeRef NODE = new NodeRef(new ClusterName("kraken"), new NodeName("w1"));

    final VirtualTime timeline;
    final SeededRandom chance;
    final EventTrace trace;
    final FaultSchedule weather;
    final SimulatedApiServer api;
    final SimulatedTemporal temporal;
    final Replicas workers;
    final ClusterActors controllers;
    final SafetyInvariants check;
    final Environment outside;
    final SimulatedHost host;
    /** The events topic. */
    final List<OutcomeEvent> topic = new ArrayList<>();
    /** What broke a rule in the moment in which it happened. */
    final List<String> broken = new ArrayList<>();

    World(
            VirtualTime timeline,
            SeededRandom chance,
            EventTrace trace,
            FaultSchedule weather,
            WorkflowExecutor code,
            Mutant mutant) {
        this.timeline = timeline;
        this.chance = chance;
        this.trace = trace;
        this.weather = weather;
        this.api = new SimulatedApiServer(timeline, chance);
        ActivityRegistry activities = new ActivityRegistry(this, mutant);
        this.workers = new Replicas(timeline, chance, activities::start);
        this.temporal = new SimulatedTemporal(timeline, chance, trace, weather, code, workers);
        this.controllers = new ClusterActors(this);
        this.check = new SafetyInvariants(this);
        this.host = new SimulatedHost(this);
        this.outside = new Environment(this);
    }

    void broken(String rule) {
        trace.add("check", "BROKEN " + rule);
        broken.add(rule);
    }

    /** Nothing more happens. */
    void stop() {
        timeline.stop();
    }

    static JoinId joinId(String event) {
        return JoinId.of("simulation", event);
    }
}
