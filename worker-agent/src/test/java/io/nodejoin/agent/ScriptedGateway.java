package io.nodejoin.agent;

import io.nodejoin.agent.gateway.Gateway;
import io.nodejoin.agent.gateway.GatewayAnswer;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.Progress;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Hands out what it is given, and keeps what it is told. */
final class ScriptedGateway implements Gateway {
    private final BlockingQueue<Supplier<GatewayAnswer>> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<Told> results = new LinkedBlockingQueue<>();

    private volatile Runnable beforeClose = () -> {};
    private final Semaphore deliveries = new Semaphore(0);
    private volatile CountDownLatch hears = new CountDownLatch(0);

    /** A result, and the command that it is of. */
    record Told(String assignment, HostResult result) {}

    void answer(GatewayAnswer answer) {
        answer(() -> answer);
    }

    /** Does this when it is asked next. */
    void answer(Supplier<GatewayAnswer> answer) {
        answers.add(answer);
    }

    /** Does this when it is closed. */
    void beforeClose(Runnable act) {
        beforeClose = act;
    }

    /** Leaves results without an answer until then. */
    void hearResultsAfter(CountDownLatch moment) {
        hears = moment;
    }

    /** Waits until an agent begins to send a result. */
    void awaitDelivery() throws InterruptedException {
        deliveries.acquire();
    }

    /** The next result that an agent sends. */
    Told awaitResult() throws InterruptedException {
        return Objects.requireNonNull(results.poll(30, TimeUnit.SECONDS), "no result came");
    }

    /** Whether no result has come that nobody has looked at. */
    boolean isToldNothing() {
        return results.isEmpty();
    }

    @Override
    public GatewayAnswer next() throws InterruptedException {
        return answers.take().get();
    }

    @Override
    public GatewayAnswer progress(String assignment, Progress progress) {
        return new GatewayAnswer.Accepted();
    }

    @Override
    public GatewayAnswer result(String assignment, HostResult result) throws InterruptedException {
        deliveries.release();
        hears.await();
        results.add(new Told(assignment, result));
        return new GatewayAnswer.Accepted();
    }

    @Override
    public void close() {
        beforeClose.run();
    }
}
