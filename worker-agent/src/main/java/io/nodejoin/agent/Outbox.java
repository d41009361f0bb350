package io.nodejoin.agent;

import io.nodejoin.agent.gateway.Gateway;
import io.nodejoin.agent.gateway.GatewayAnswer;
import io.nodejoin.agent.host.Backoff;
import io.nodejoin.agent.host.Pause;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.Progress;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Delivers progress and results in order, each until the gateway has taken or refused it. No command waits for it. */
final class Outbox {
    private static final Logger LOG = System.getLogger(Outbox.class.getName());

    private final Gateway gateway;
    private final Backoff backoff;
    private final Pause pause;
    private final BlockingQueue<Letter> letters = new LinkedBlockingQueue<>();

    Outbox(Gateway gateway, Backoff backoff, Pause pause) {
        this.gateway = gateway;
        this.backoff = backoff;
        this.pause = pause;
    }

    void add(String assignment, Progress progress) {
        letters.add(new Letter(assignment, () -> gateway.progress(assignment, progress)));
    }

    void add(String assignment, HostResult result) {
        letters.add(new Letter(assignment, () -> gateway.result(assignment, result)));
    }

    /** Delivers the next letter. */
    void deliver() throws InterruptedException {
        Letter letter = letters.take();
        while (true) {
            switch (letter.delivery().attempt()) {
                case GatewayAnswer.Unavailable(ErrorCode code, String detail) -> {
                    LOG.log(Level.WARNING, "assignment {0}: {1}: {2}", letter.assignment(), code, detail);
                    pause.await(backoff.next());
                }
                case GatewayAnswer.NotYet _ -> pause.await(backoff.next());
                case GatewayAnswer.Refused(ErrorCode code, String detail) -> {
                    LOG.log(Level.WARNING, "assignment {0}: refused: {1}: {2}", letter.assignment(), code, detail);
                    return;
                }
                case GatewayAnswer.Accepted _,
                        GatewayAnswer.Assigned _,
                        GatewayAnswer.Joined _,
                        GatewayAnswer.NotUnderstood _ -> {
                    return;
                }
            }
        }
    }

    private record Letter(String assignment, Delivery delivery) {}

    private interface Delivery {
        GatewayAnswer attempt() throws InterruptedException;
    }
}
