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
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.SpentToken;
import io.nodejoin.workflows.token.TokenIssue;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenRequest;
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

/** A deliberate defect, which the simulation must find. */
enum Mutant {
    /** No defect. */
    NONE,

    /** The revocation reports success and keeps the token's Secret. */
    KEEPS_TOKEN("Token_Revoke") {
        @Override
        @Nullable Object replacement(
                World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
            return null;
        }
    },

    /** The compensation reports success and keeps the token's Secret. */
    COMPENSATION_KEEPS_TOKEN("Token_DeleteSecret") {
        @Override
        @Nullable Object replacement(
                World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
            return null;
        }
    },

    /** The ledger entry is deleted with the token's Secret, before the signature. */
    DELETES_LEDGER_ENTRY_EARLY("Token_DeleteSecret") {
        @Override
        @Nullable Object replacement(
                World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
            SimulatedTokenActivities calls = new SimulatedTokenActivities(world, execution);
            TokenRef token = (TokenRef) argument;
            calls.deleteSecret(token);
            calls.deleteLedgerEntry(SpentToken.compensated(token));
            return null;
        }
    },

    /** The token exists before its ledger entry. */
    ISSUES_BEFORE_LEDGER_ENTRY("Token_Issue") {
        @Override
        @Nullable Object replacement(
                World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
            SimulatedTokenActivities calls = new SimulatedTokenActivities(world, execution);
            TokenRequest request = (TokenRequest) argument;
            SealedToken sealed = calls.create(request, execution.attempt);
            calls.enterIntoLedger(request);
            return new TokenIssue.Issued(sealed);
        }
    },

    /** An id that another join has is taken from it. */
    TAKES_ID_IN_USE("Token_Issue", Fault.TOKEN_ID_IN_USE) {
        @Override
        @Nullable Object replacement(
                World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
            Object answer = original.get();
            if (answer instanceof TokenIssue.IdInUse) {
                SimulatedTokenActivities calls = new SimulatedTokenActivities(world, execution);
                TokenRequest request = (TokenRequest) argument;
                calls.deleteToken(request.token().tokenId());
                return new TokenIssue.Issued(calls.create(request, execution.attempt));
            }
            return answer;
        }
    },

    /** The compensation of an id that another join has deletes that join's token. */
    DELETES_TOKEN_OF_ANOTHER_JOIN("Token_DeleteSecret", Fault.TOKEN_ID_IN_USE) {
        @Override
        @Nullable Object replacement(
                World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
            new SimulatedTokenActivities(world, execution).deleteToken(((TokenRef) argument).tokenId());
            return null;
        }
    },

    /** A repeated issue creates a token of another id and keeps the first one. */
    MINTS_TWICE("Token_Issue") {
        @Override
        @Nullable Object replacement(
                World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
            TokenRequest first = (TokenRequest) argument;
            if (execution.attempt == 1) {
                return original.get();
            }
            SimulatedTokenActivities calls = new SimulatedTokenActivities(world, execution);
            TokenRequest another = withId(first, new TokenId(world.random.nextText(6)));
            calls.enterIntoLedger(another);
            return new TokenIssue.Issued(calls.create(another, execution.attempt));
        }
    },

    /** A repeated issue reports only one create request, although the first may still take effect. */
    HIDES_EARLIER_ATTEMPTS("Token_Issue", Fault.API_DELAYED) {
        @Override
        @Nullable Object replacement(
                World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
            return original.get() instanceof TokenIssue.Issued(SealedToken sealed)
                    ? new TokenIssue.Issued(
                            new SealedToken(sealed.id(), sealed.jwe(), sealed.createdAt(), sealed.expiresAt(), 1))
                    : new TokenIssue.IdInUse();
        }
    },

    /** The approver ignores the name. */
    APPROVES_ANY_NAME("Csr_Decide") {
        @Override
        @Nullable Object replacement(
                World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
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
            return original.get();
        }
    },

    /** The approver ignores which key the host has. */
    APPROVES_ANY_KEY("Csr_Decide", Fault.STOLEN_TOKEN_SAME_NAME) {
        @Override
        @Nullable Object replacement(
                World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
            CsrDecisionRequest request = (CsrDecisionRequest) argument;
            CsrDecisionRequest anyKey = new CsrDecisionRequest(
                    request.token(),
                    request.node(),
                    request.approval(),
                    null,
                    request.createdNodeUid(),
                    request.issuedAt(),
                    request.csrsAcceptedUntil(),
                    request.deadline(),
                    null);
            return new SimulatedCsrActivities(world, execution).decide(anyKey);
        }
    },

    /** A second key is ignored once a CSR is approved. */
    IGNORES_SECOND_KEY("Csr_DenyOthers", Fault.STOLEN_TOKEN_SAME_NAME) {
        @Override
        @Nullable Object replacement(
                World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
            Object answer = original.get();
            return answer instanceof CertificateResult.Denied
                    ? new CertificateResult.Issued("csr", "key", world.api.time(), world.api.time())
                    : answer;
        }
    },

    /** Pending CSRs stay undecided. */
    KEEPS_PENDING_CSRS("Csr_DenyPending") {
        @Override
        @Nullable Object replacement(
                World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
            return new DeniedCsrs(List.of());
        }
    },

    /** A Node is deleted by name without its UID. */
    DELETES_NODE_BY_NAME("Node_Delete") {
        @Override
        @Nullable Object replacement(
                World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
            new FaultyCalls(world, execution).effect("delete the node", () -> {
                Node node = world.api.node;
                return node != null && world.api.deleteNode(node.uid, "remove");
            });
            return null;
        }
    },

    /** The Node that the join created before its kubelet's start is not deleted. */
    KEEPS_CREATED_NODE("Node_Delete") {
        @Override
        @Nullable Object replacement(
                World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
            Node node = world.api.node;
            return node != null && node.creator != null ? null : original.get();
        }
    },

    /** A repeated publication has another event id. */
    CHANGES_EVENT_ID("Event_Publish") {
        @Override
        @Nullable Object replacement(
                World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
            for (Object element : (List<?>) argument) {
                OutcomeEvent event = (OutcomeEvent) element;
                new FaultyCalls(world, execution)
                        .produce(
                                "publish",
                                () -> world.topic.add(new OutcomeEvent(
                                        event.id() + "/" + execution.attempt,
                                        event.cluster(),
                                        event.node(),
                                        event.time(),
                                        event.event())));
            }
            return null;
        }
    },

    /** The reset is reported before it is executed. */
    CONFIRMS_RESET_EARLY("Host_ResetHost") {
        @Override
        @Nullable Object replacement(
                World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
            return new HostResult.HostReset(true, null, List.of());
        }
    },

    /** A name is not quarantined although a certificate for it is valid. */
    QUARANTINES_NOTHING("Node_QuarantineName") {
        @Override
        @Nullable Object replacement(
                World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
            return null;
        }
    },

    /** A host that had no key may join while another machine has it. */
    QUARANTINES_FOR_HOST("Node_QuarantineName", Fault.STOLEN_TOKEN_SAME_NAME) {
        @Override
        @Nullable Object replacement(
                World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
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

    /** All compensations start simultaneously. */
    COMPENSATES_SIMULTANEOUSLY {
        @Override
        Duration timerDelay(String summary, Duration original) {
            return summary.startsWith("Head start of") ? Duration.ofMillis(1) : original;
        }
    },

    /** The deadline does not end the join. */
    IGNORES_DEADLINE {
        @Override
        Duration timerDelay(String summary, Duration original) {
            return summary.startsWith("Deadline of the join") ? Duration.ofHours(10) : original;
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

    /** @param shownBy the fault without which the defect has no effect */
    Mutant(@Nullable String activity, @Nullable Fault shownBy) {
        this.activity = activity;
        this.shownBy = shownBy;
    }

    private static TokenRequest withId(TokenRequest request, TokenId id) {
        return new TokenRequest(
                new TokenRef(request.token().cluster(), request.token().joinId(), id),
                request.node(),
                request.machineId(),
                request.attempt(),
                request.clusterUid(),
                request.kubeconfig(),
                request.agentPublicKey(),
                request.kubeletKeyDigest(),
                request.ttl(),
                request.joinDeadline());
    }

    /** Returns whether the defect has an effect with these faults. */
    final boolean mayShow(Set<Fault> faults) {
        return shownBy == null || faults.contains(shownBy);
    }

    /** Runs the defective activity, or else the original one. */
    final @Nullable Object play(
            World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
        return execution.task.type().equals(activity)
                ? replacement(world, execution, argument, original)
                : original.get();
    }

    @Nullable Object replacement(World world, ActivityAttempt execution, Object argument, Supplier<@Nullable Object> original) {
        return original.get();
    }

    /** Returns the duration of this timer, with the defect. */
    Duration timerDelay(String summary, Duration original) {
        return original;
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
