package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.csr.DeniedCsrs;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Csr;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Decision;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Node;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Token;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenRequest;
import io.nodejoin.workflows.token.TokenReservation;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import io.temporal.workflow.Promise;
import io.temporal.workflow.TimerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A mistake that is made on purpose, to see that the simulation finds it. */
enum Mutant {
    /** No mistake. */
    NONE,

    /** The burn and the undo say that the token is revoked, and leave its Secret. */
    KEEPS_TOKEN("Token_Revoke") {
        @Override
        @Nullable Object instead(World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> honest) {
            return null;
        }
    },

    /** The ledger forgets the token with its Secret, before its signature is gone. */
    DELETES_LEDGER_ENTRY_EARLY("Token_Revoke") {
        @Override
        @Nullable Object instead(World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> honest) {
            SimulatedTokenActivities calls = new SimulatedTokenActivities(world, execution);
            calls.revoke((TokenRef) argument);
            calls.deleteLedgerEntry((TokenRef) argument);
            return null;
        }
    },

    /** A reservation that is made again does not clear away what the first one has left. */
    KEEPS_EARLIER_RESERVATION("Token_Reserve") {
        @Override
        @Nullable Object instead(World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> honest) {
            TokenId id = new TokenId(world.chance.nextText(6));
            return new FaultyCalls(world, execution).effect("enter " + id + " into the ledger", () -> {
                world.api.ledger.put(id, (TokenReservation) argument);
                return id;
            });
        }
    },

    /** A token that is issued again takes another name and leaves the first one alive. */
    MINTS_TWICE("Token_Issue") {
        @Override
        @Nullable Object instead(World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> honest) {
            TokenRequest wanted = (TokenRequest) argument;
            return execution.attempt == 1
                    ? honest.get()
                    : new FaultyCalls(world, execution).effect("create a secret", () -> {
                        TokenId id = new TokenId(world.chance.nextText(6));
                        String secret = world.chance.nextText(16);
                        world.api.create(
                                new Token(id, secret, wanted.token().joinId(), world.api.time(), wanted.expiresAt()));
                        world.check.checkIssued(id);
                        return new SealedToken(
                                id, secret, "jws." + id, world.api.time(), wanted.expiresAt(), execution.attempt);
                    });
        }
    },

    /** A token that was asked for again says that it was not, as if nothing could come of the first time. */
    HIDES_EARLIER_ATTEMPTS("Token_Issue", Fault.API_DELAYED) {
        @Override
        @Nullable Object instead(World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> honest) {
            return honest.get() instanceof SealedToken sealed
                    ? new SealedToken(
                            sealed.id(), sealed.jwe(), sealed.signature(), sealed.createdAt(), sealed.expiresAt(), 1)
                    : null;
        }
    },

    /** The approver looks at no name. */
    APPROVES_ANY_NAME("Csr_Decide") {
        @Override
        @Nullable Object instead(World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> honest) {
            CsrDecisionRequest request = (CsrDecisionRequest) argument;
            execution.sleep(Duration.ofSeconds(8));
            world.api.requestsOf(request.token().tokenId()).stream()
                    .filter(Csr::isUndecided)
                    .filter(csr -> world.api.requestsOf(request.token().tokenId()).stream()
                            .noneMatch(Csr::isApproved))
                    .forEach(csr -> {
                        world.api.decide(csr, csr.version, Decision.APPROVED, SimulatedCsrActivities.US, null);
                        world.check.checkApproved(csr);
                        world.controllers.onApproved(csr);
                    });
            return honest.get();
        }
    },

    /** Once a request is approved, nobody minds a second key. */
    IGNORES_SECOND_KEY("Csr_DenyOthers", Fault.STOLEN_TOKEN_SAME_NAME) {
        @Override
        @Nullable Object instead(World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> honest) {
            Object answer = honest.get();
            return answer instanceof CertificateResult.Denied
                    ? new CertificateResult.Issued("csr", "key", world.api.time(), world.api.time())
                    : answer;
        }
    },

    /** Requests that nobody waits for any more stay undecided. */
    KEEPS_PENDING_CSRS("Csr_DenyPending") {
        @Override
        @Nullable Object instead(World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> honest) {
            return new DeniedCsrs(List.of());
        }
    },

    /** A Node is removed by its name, whichever it is by now. */
    DELETES_NODE_BY_NAME("Node_Delete") {
        @Override
        @Nullable Object instead(World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> honest) {
            new FaultyCalls(world, execution).effect("delete the node", () -> {
                Node node = world.api.node;
                return node != null && world.api.deleteNode(node.uid, "remove");
            });
            return null;
        }
    },

    /** An event that is published again is another event. */
    CHANGES_EVENT_ID("Event_Publish") {
        @Override
        @Nullable Object instead(World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> honest) {
            OutcomeEvent told = (OutcomeEvent) argument;
            new FaultyCalls(world, execution)
                    .produce(
                            "publish",
                            () -> world.topic.add(new OutcomeEvent(
                                    told.id() + "/" + execution.attempt,
                                    told.cluster(),
                                    told.node(),
                                    told.time(),
                                    told.event())));
            return null;
        }
    },

    /** The host is said to be reset before it is. */
    CONFIRMS_RESET_EARLY("Host_ResetHost") {
        @Override
        @Nullable Object instead(World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> honest) {
            return new HostResult.HostReset(true, null, List.of());
        }
    },

    /** A name is free although a certificate for it lives. */
    QUARANTINES_NOTHING("Node_QuarantineName") {
        @Override
        @Nullable Object instead(World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> honest) {
            return null;
        }
    },

    /** A host that had no key may join while another machine has it. */
    QUARANTINES_FOR_HOST("Node_QuarantineName", Fault.STOLEN_TOKEN_SAME_NAME) {
        @Override
        @Nullable Object instead(World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> honest) {
            NameQuarantine quarantine = (NameQuarantine) argument;
            world.api.quarantines.put(
                    quarantine.node().name().value(),
                    new NameQuarantine(
                            quarantine.node(),
                            quarantine.joinId(),
                            SimulatedHost.FACTS.machineId(),
                            quarantine.until()));
            return null;
        }
    },

    /** All undos begin in the same moment. */
    UNDOES_AT_ONCE {
        @Override
        Duration timerDelay(String summary, Duration honest) {
            return summary.startsWith("Head start of") ? Duration.ofMillis(1) : honest;
        }
    },

    /** The join knows no deadline. */
    KNOWS_NO_DEADLINE {
        @Override
        Duration timerDelay(String summary, Duration honest) {
            return summary.startsWith("Deadline of the join") ? Duration.ofHours(10) : honest;
        }
    };

    private final @Nullable String activity;
    private final @Nullable Fault shownBy;

    Mutant() {
        this(null);
    }

    Mutant(@Nullable String activity) {
        this(activity, null);
    }

    /** @param shownBy the fault without which nobody can see the mistake */
    Mutant(@Nullable String activity, @Nullable Fault shownBy) {
        this.activity = activity;
        this.shownBy = shownBy;
    }

    /** Whether the mistake can show among these faults. */
    final boolean mayShow(Set<Fault> faults) {
        return shownBy == null || faults.contains(shownBy);
    }

    /** The mistake in an activity, or the activity. */
    final @Nullable Object play(
            World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> honest) {
        return execution.task.type().equals(activity) ? instead(world, execution, argument, honest) : honest.get();
    }

    @Nullable Object instead(World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> honest) {
        return honest.get();
    }

    /** The mistake in the workflow: how long this timer takes. */
    Duration timerDelay(String summary, Duration honest) {
        return honest;
    }

    WorkerInterceptor[] interceptors() {
        return activity != null || this == NONE ? new WorkerInterceptor[0] : new WorkerInterceptor[] {new Timers()};
    }

    private final class Timers extends WorkerInterceptorBase {
        @Override
        public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
            return new WorkflowInboundCallsInterceptorBase(next) {
                @Override
                public void init(WorkflowOutboundCallsInterceptor outbound) {
                    super.init(new WorkflowOutboundCallsInterceptorBase(outbound) {
                        @Override
                        public Promise<Void> newTimer(Duration delay, TimerOptions options) {
                            String summary = String.valueOf(options.getSummary());
                            return super.newTimer(timerDelay(summary, delay), options);
                        }
                    });
                }
            };
        }
    }
}
