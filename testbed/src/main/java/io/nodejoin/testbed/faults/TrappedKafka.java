package io.nodejoin.testbed.faults;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.TimeoutException;

/** A trap around commits of the intake and around what it puts on the dead-letter topic. */
final class TrappedKafka {
    static final String COMMIT = "Intake_Commit";
    static final String DEAD_LETTER = "Intake_DeadLetter";

    private final Trap trap;

    TrappedKafka(Trap trap) {
        this.trap = trap;
    }

    @SuppressWarnings("unchecked") // the proxy implements what it is cast to
    Consumer<byte[], byte[]> around(Consumer<byte[], byte[]> consumer) {
        return (Consumer<byte[], byte[]>) proxy(Consumer.class, consumer, "commitSync", COMMIT);
    }

    @SuppressWarnings("unchecked") // the proxy implements what it is cast to
    Producer<byte[], byte[]> around(Producer<byte[], byte[]> producer) {
        return (Producer<byte[], byte[]>) proxy(Producer.class, producer, "send", DEAD_LETTER);
    }

    private Object proxy(Class<?> type, Object target, String method, String step) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, called, arguments) -> {
            if (!called.getName().equals(method)) {
                return invoke(target, called, arguments);
            }
            String input = Arrays.toString(arguments);
            trap.reached(step, Cut.BEFORE, "", input, TrappedKafka::lost);
            Object result = invoke(target, called, arguments);
            if (result instanceof Future<?> sent && trap.isSetAt(step, Cut.AFTER, "")) {
                sent.get();
            }
            trap.reached(step, Cut.AFTER, "", input, TrappedKafka::lost);
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
