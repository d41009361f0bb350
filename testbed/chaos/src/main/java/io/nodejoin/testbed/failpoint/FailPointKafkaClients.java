package io.nodejoin.testbed.failpoint;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.TimeoutException;

/** Fail points around the intake's commits and its writes to the dead-letter topic. */
final class FailPointKafkaClients {
    static final String COMMIT = "Intake_Commit";
    static final String DEAD_LETTER = "Intake_DeadLetter";

    private final FailPointTrigger trigger;

    FailPointKafkaClients(FailPointTrigger trigger) {
        this.trigger = trigger;
    }

    @SuppressWarnings("unchecked") // the proxy implements the interface that it is cast to
    Consumer<byte[], byte[]> wrap(Consumer<byte[], byte[]> consumer) {
        return (Consumer<byte[], byte[]>) proxy(Consumer.class, consumer, "commitSync", COMMIT);
    }

    @SuppressWarnings("unchecked") // the proxy implements the interface that it is cast to
    Producer<byte[], byte[]> wrap(Producer<byte[], byte[]> producer) {
        return (Producer<byte[], byte[]>) proxy(Producer.class, producer, "send", DEAD_LETTER);
    }

    private Object proxy(Class<?> type, Object target, String method, String step) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, called, arguments) -> {
            if (!called.getName().equals(method)) {
                return invoke(target, called, arguments);
            }
            String input = Arrays.toString(arguments);
            trigger.onReached(step, FailPosition.BEFORE, "", input, FailPointKafkaClients::lost);
            Object result = invoke(target, called, arguments);
            if (result instanceof Future<?> sent && trigger.isArmedAt(step, FailPosition.AFTER, "")) {
                sent.get();
            }
            trigger.onReached(step, FailPosition.AFTER, "", input, FailPointKafkaClients::lost);
            return result;
        });
    }

    private static TimeoutException lost() {
        return new TimeoutException("a fail point has lost the answer");
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
