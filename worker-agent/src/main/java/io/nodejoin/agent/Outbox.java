package io.nodejoin.agent;

import io.nodejoin.agent.gateway.Gateway;
import io.nodejoin.agent.gateway.GatewayAnswer;
import io.nodejoin.agent.host.Backoff;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.Progress;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;

/** Delivers progress and results in order, each until the gateway has taken or refused it. No command waits for it. */
final class Outbox {
    private static final Logger LOG = System.getLogger(Outbox.class.getName());

    private final Gateway gateway;
    private final Backoff backoff;
    private final Bell bell;
    private final BlockingDeque<Letter> letters = new LinkedBlockingDeque<>();

    /** @param bell waited for when the gateway has not taken a letter */
    Outbox(Gateway gateway, Backoff backoff, Bell bell) {
        this.gateway = gateway;
        this.backoff = backoff;
        this.bell = bell;
    }

    void add(String assignment, Progress progress) {
        letters.add(new Letter(assignment, () -> gateway.progress(assignment, progress)));
    }

    void add(String assignment, HostResult result) {
        letters.add(new Letter(assignment, () -> gateway.result(assignment, result)));
    }

    /** Whether something of this assignment waits to be delivered, or to be delivered again. */
    boolean owes(String assignment) {
        return letters.stream().anyMatch(letter -> letter.assignment().equals(assignment));
    }

    /** Tries to deliver the next letter, and waits if the gateway has not taken it: it stays the next one. */
    void deliver() throws InterruptedException {
        Letter letter = letters.takeFirst();
        if (isOver(letter)) {
            backoff.reset();
        } else {
            letters.putFirst(letter);
            bell.await(backoff.next());
        }
    }

    /** To be called when the gateway has answered: what it has not taken is tried again now. */
    void gatewayIsThere() {
        backoff.reset();
        bell.ring();
    }

    private static boolean isOver(Letter letter) throws InterruptedException {
        return switch (letter.delivery().attempt()) {
            case GatewayAnswer.Unavailable(ErrorCode code, String detail) -> {
                LOG.log(Level.WARNING, "assignment {0}: {1}: {2}", letter.assignment(), code, detail);
                yield false;
            }
            case GatewayAnswer.NotYet _ -> false;
            case GatewayAnswer.Refused(ErrorCode code, String detail) -> {
                LOG.log(Level.WARNING, "assignment {0}: refused: {1}: {2}", letter.assignment(), code, detail);
                yield true;
            }
            case GatewayAnswer.Accepted _,
                    GatewayAnswer.Assigned _,
                    GatewayAnswer.Joined _,
                    GatewayAnswer.NotUnderstood _ -> true;
        };
    }

    private record Letter(String assignment, Delivery delivery) {}

    private interface Delivery {
        GatewayAnswer attempt() throws InterruptedException;
    }
}
