package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.certificate.CertificateActivities;
import io.nodejoin.workflows.certificate.ServingActivities;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.host.HostActivities;
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
final class Activities {
    private static final Map<String, Target> TARGETS = new HashMap<>();

    static {
        register(TokenActivities.class, TokenCalls::new);
        register(ClusterInfoActivities.class, ClusterInfoCalls::new);
        register(CertificateActivities.class, CertificateCalls::new);
        register(ServingActivities.class, ServingCalls::new);
        register(NodeActivities.class, NodeCalls::new);
        register(EventActivities.class, EventCalls::new);
        register(HostActivities.class, HostCalls::new);
    }

    private final World world;
    private final Plant plant;

    private record Target(Method method, BiFunction<World, ActivityExecution, ?> maker) {}

    Activities(World world, Plant plant) {
        this.world = world;
        this.plant = plant;
    }

    private static <T> void register(Class<T> contract, BiFunction<World, ActivityExecution, ? extends T> maker) {
        String prefix = contract.getAnnotation(ActivityInterface.class).namePrefix();
        for (Method method : contract.getMethods()) {
            String name = method.getName();
            String type = prefix + Character.toUpperCase(name.charAt(0)) + name.substring(1);
            TARGETS.put(type, new Target(method, maker));
        }
    }

    void start(ActivityExecution execution) {
        Target target = Objects.requireNonNull(TARGETS.get(execution.task.type()), execution.task.type());
        execution.start(running -> {
            Object argument = argument(target.method(), running.task.wanted.getInput());
            world.trace.add("activity", running.who() + " on " + running.replica.name);
            return plant.play(world, running, argument, () -> invoke(target, running, argument));
        });
    }

    private static Object argument(Method method, Payloads input) {
        Class<?> type = method.getParameterTypes()[0];
        return WorkflowCode.CONVERTER.fromPayloads(0, Optional.of(input), type, type);
    }

    private @Nullable Object invoke(Target target, ActivityExecution execution, Object argument) {
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
