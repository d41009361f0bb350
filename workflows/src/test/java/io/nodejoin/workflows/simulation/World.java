package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.event.Announcement;
import io.nodejoin.workflows.node.NodeRef;
import java.util.ArrayList;
import java.util.List;

/** Everything that is not workflow code, in one place: time, chance, the servers and the host. */
final class World {
    static final NodeRef NODE = new NodeRef(new ClusterName("kraken"), new NodeName("w1"));

    final Timeline timeline;
    final Chance chance;
    final Trace trace;
    final Weather weather;
    final ApiServer api;
    final SimulatedTemporal temporal;
    final Workers workers;
    final Controllers controllers;
    final Check check;
    final Outside outside;
    final Host host;
    /** The events topic. */
    final List<Announcement> topic = new ArrayList<>();
    /** What broke a rule in the moment in which it happened. */
    final List<String> broken = new ArrayList<>();

    World(Timeline timeline, Chance chance, Trace trace, Weather weather, WorkflowCode code, Plant plant) {
        this.timeline = timeline;
        this.chance = chance;
        this.trace = trace;
        this.weather = weather;
        this.api = new ApiServer(timeline, chance);
        Activities activities = new Activities(this, plant);
        this.workers = new Workers(timeline, chance, activities::start);
        this.temporal = new SimulatedTemporal(timeline, chance, trace, weather, code, workers);
        this.controllers = new Controllers(this);
        this.check = new Check(this);
        this.host = new Host(this);
        this.outside = new Outside(this);
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
