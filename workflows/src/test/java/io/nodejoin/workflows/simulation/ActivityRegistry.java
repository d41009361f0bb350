package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.csr.ServingCertificateActivities;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.hostcommand.HostActivities;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.token.TokenActivities;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;

/** The activities of a simulation. */
final class ActivityRegistry {
    private static final Map<Class<?>, BiFunction<World, ActivityAttempt, ?>> MAKERS = Map.of(
            TokenActivities.class, SimulatedTokenActivities::new,
            ClusterInfoActivities.class, SimulatedClusterInfoActivities::new,
            CsrActivities.class, SimulatedCsrActivities::new,
            ServingCertificateActivities.class, SimulatedServingCertificateActivities::new,
            NodeActivities.class, SimulatedNodeActivities::new,
            EventActivities.class, SimulatedEventActivities::new,
            HostActivities.class, SimulatedHostActivities::new);

    private final World world;
    private final Mutant mutant;

    ActivityRegistry(World world, Mutant mutant) {
        this.world = world;
        this.mutant = mutant;
    }

    void start(ActivityAttempt execution) {
        Class<?> contract = ActivityMethods.contract(execution.task);
        BiFunction<World, ActivityAttempt, ?> maker =
                Objects.requireNonNull(MAKERS.get(contract), contract.getSimpleName());
        execution.start(running -> {
            Object argument = ActivityMethods.argument(running.task);
            world.trace.add("activity", running.actor() + " on " + running.replica.name);
            return mutant.play(
                    world,
                    running,
                    argument,
                    () -> ActivityMethods.invoke(running.task, maker.apply(world, running), argument));
        });
    }
}
