package io.nodejoin.agent;

import java.util.concurrent.CountDownLatch;

/** The worker-agent of one host. It runs on threads of its own from {@link #start} to {@link #close}. */
public final class Agent implements AutoCloseable {
    private final CountDownLatch ended = new CountDownLatch(1);

    Agent() {}

    /** Starts the agent and returns; to be called once. */
    public void start() {}

    /** Waits until the agent has ended. */
    public void join() throws InterruptedException {
        ended.await();
    }

    /** Ends the agent: the current write is finished and journalled, a parked poll is given up. A second call does nothing. */
    @Override
    public void close() {
        ended.countDown();
    }
}
