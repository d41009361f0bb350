package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.csr.ServingCertificateActivities;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.hostcommand.HostActivities;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.token.TokenActivities;
import io.temporal.activity.ActivityInterface;
import io.temporal.api.common.v1.Payloads;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Finds the code of an activity by its type, as a worker does. */
final class ActivityRegistry {
    private static final Map<String, Target> TARGETS = new HashMap<>();

    static {
        register(TokenActivities.class, SimulatedTokenActivities::new);
        register(ClusterInfoActivities.class, SimulatedClusterInfoActivities::new);
        register(CsrActivities.class, SimulatedCsrActivities::new);
        register(ServingCertificateActivities.class, SimulatedServingCertificateActivities::new);
        register(NodeActivities.class, SimulatedNodeActivities::new);
        register(EventActivities.class, SimulatedEventActivities::new);
        register(HostActivities.class, SimulatedHostActivities::new);
    }

    private final World world;
    private final Mutant mutant;

    private record Target(Method method, BiFunction<World, ActivityAttempt, ?> maker) {}

    ActivityRegistry(World world, Mutant mutant) {
        this.world = world;
        this.mutant = mutant;
    }

    private static <T> void register(Class<T> contract, BiFunction<World, ActivityAttempt, ? extends T> maker) {
        String prefix = contract.getAnnotation(ActivityInterface.class).namePrefix();
        for (Method method : contract.getMethods()) {
            String name = method.getName();
            String type = prefix + Character.toUpperCase(name.charAt(0)) + name.substring(1);
            TARGETS.put(type, new Target(method, maker));
        }
    }

    void start(ActivityAttempt execution) {
        Target target = Objects.requireNonNull(TARGETS.get(execution.task.type()), execution.task.type());
        execution.start(running -> {
            Object argument = argument(target.method(), running.task.wanted.getInput());
            world.trace.add("activity", running.actor() + " on " + running.replica.name);
            return mutant.play(world, running, argument, () -> invoke(target, running, argument));
        });
    }

    private static Object argument(Method method, Payloads input) {
        Class<?> type = method.getParameterTypes()[0];
        return WorkflowExecutor.CONVERTER.fromPayloads(0, Optional.of(input), type, type);
    }

    private @Nullable Object invoke(Target target, ActivityAttempt execution, Object argument) {
        try {
            return target.method().invoke(target.maker().apply(world, execution), argument);
        } catch (InvocationTargetException e) {
            switch (e.getCause()) {
                case RuntimeException thrown -> throw thrown;
                case Error thrown -> throw thrown;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
