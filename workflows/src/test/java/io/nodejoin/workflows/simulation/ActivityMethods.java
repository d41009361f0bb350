package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.cleanup.OrphanActivities;
import io.nodejoin.workflows.clusterinfo.ClusterInfoActivities;
import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.csr.ServingCertificateActivities;
import io.nodejoin.workflows.drain.DrainActivities;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.hostcommand.HostActivities;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.token.TokenActivities;
import io.temporal.activity.ActivityInterface;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The methods of the activity interfaces by activity type, as of a worker. */
final class ActivityMethods {
    private static final List<Class<?>> CONTRACTS = List.of(
            TokenActivities.class,
            ClusterInfoActivities.class,
            CsrActivities.class,
            ServingCertificateActivities.class,
            NodeActivities.class,
            DrainActivities.class,
            EventActivities.class,
            HostActivities.class,
            OrphanActivities.class);

    private static final Map<String, Method> METHODS = new HashMap<>();

    static {
        CONTRACTS.forEach(ActivityMethods::register);
    }

    private ActivityMethods() {}

    private static void register(Class<?> contract) {
        String prefix = contract.getAnnotation(ActivityInterface.class).namePrefix();
        for (Method method : contract.getMethods()) {
            String name = method.getName();
            METHODS.put(prefix + Character.toUpperCase(name.charAt(0)) + name.substring(1), method);
        }
    }

    /** Returns the interface of an activity. */
    static Class<?> contract(ActivityInvocation task) {
        return method(task).getDeclaringClass();
    }

    static Object argument(ActivityInvocation task) {
        Method method = method(task);
        return WorkflowExecutor.CONVERTER.fromPayloads(
                0, Optional.of(task.input()), method.getParameterTypes()[0], method.getGenericParameterTypes()[0]);
    }

    static @Nullable Object invoke(ActivityInvocation task, Object target, Object argument) {
        try {
            return method(task).invoke(target, argument);
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

    private static Method method(ActivityInvocation task) {
        return Objects.requireNonNull(METHODS.get(task.type()), task.type());
    }
}
