package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.failpoint.FailAction;
import io.nodejoin.testbed.failpoint.FailPoint;
import io.nodejoin.testbed.failpoint.FailPosition;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One moment of one kind of join at which a part dies.
 *
 * @param inputMatch words by which one of several steps of this name is meant, or empty for the first one
 */
record KillPoint(String contractStep, String step, FailPosition position, String inputMatch, ExpectedOutcome expected) {
    /** Less than any step may take, and longer than {@link KillSweep} gathers after a fault. */
    private static final Duration HOLD_TIME = Duration.ofSeconds(14);

    /**
     * Less than a workflow may block before it is reported as a deadlock, and longer than it takes to see that it does.
     */
    private static final Duration SHORT_HOLD_TIME = Duration.ofSeconds(2);

    /** Positions at which a join can be held until others have reached their steps. */
    private static final List<FailPosition> HOLDING_POSITIONS = List.of(FailPosition.BEFORE, FailPosition.AFTER);

    /** A step of a join, by the contract's number for it. */
    private record Step(String contract, String name, String inputMatch, ExpectedOutcome expected) {
        Step(String contract, String name, ExpectedOutcome expected) {
            this(contract, name, "", expected);
        }

        List<FailPosition> positions() {
            return StepNames.isCall(name) ? HOLDING_POSITIONS : List.of(FailPosition.values());
        }

        KillPoint killPoint(FailPosition position) {
            return new KillPoint(contract, name, position, inputMatch, expected);
        }
    }

    /** Steps whose kills are detected late come first, so that recovery overlaps with the others. */
    private static final List<Step> STEPS = List.of(
            new Step("S7", "Host_Preflight", ExpectedOutcome.SUCCESS),
            new Step("S8", "Host_PrepareHost", ExpectedOutcome.SUCCESS),
            new Step("S11", "Host_StartKubelet", ExpectedOutcome.SUCCESS),
            new Step("S12", "Csr_Decide", ExpectedOutcome.SUCCESS),
            new Step("S13", "Node_AwaitRegistered", ExpectedOutcome.SUCCESS),
            new Step("S15", StepNames.AWAIT_READY, ExpectedOutcome.SUCCESS),
            new Step("C1", "Host_ResetHost", ExpectedOutcome.CANCELLATION),
            new Step("S16", "Event_Publish", "=JoinSucceeded[", ExpectedOutcome.SUCCESS),
            new Step("C6", "Event_Publish", "=JoinCancelled[", ExpectedOutcome.CANCELLATION),
            new Step("C4", "Node_Delete", ExpectedOutcome.CANCELLATION),
            new Step("C5", "Csr_ListIssued", ExpectedOutcome.CANCELLATION),
            new Step("C3", "Csr_DenyPending", ExpectedOutcome.FAILURE),
            new Step("C2", "Token_DeleteSecret", ExpectedOutcome.FAILURE),
            new Step("C2", "Token_RemoveSignature", ExpectedOutcome.FAILURE),
            new Step("S9", "Node_Create", ExpectedOutcome.SUCCESS),
            new Step("S9", "Token_Issue", ExpectedOutcome.SUCCESS),
            new Step("S14", "Token_Revoke", ExpectedOutcome.SUCCESS),
            new Step("S14", "Csr_DenyOthers", ExpectedOutcome.SUCCESS),
            new Step("S14", "Token_DeleteLedgerEntry", ExpectedOutcome.SUCCESS),
            new Step("S15", "Node_RecordJoined", ExpectedOutcome.SUCCESS),
            new Step("S5", "ClusterInfo_Ensure", ExpectedOutcome.SUCCESS),
            new Step("S5", "Node_CheckName", ExpectedOutcome.SUCCESS),
            new Step("S6", StepNames.ENROLL, ExpectedOutcome.SUCCESS),
            new Step("S3", "Intake_Start", ExpectedOutcome.SUCCESS),
            new Step("S4", "Intake_Commit", ExpectedOutcome.SUCCESS));

    /** The names of all steps. */
    static Set<String> steps() {
        return STEPS.stream().map(Step::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns every step: once, at a random position, or in one round per position at full scale. */
    static List<List<KillPoint>> rounds(Scale scale, String experiment) {
        if (scale.full()) {
            return Stream.of(FailPosition.values())
                    .map(position -> STEPS.stream()
                            .filter(step -> step.positions().contains(position))
                            .map(step -> step.killPoint(position))
                            .toList())
                    .toList();
        }
        Random seededRandom = scale.randomFor(experiment);
        return List.of(STEPS.stream()
                .map(step -> step.killPoint(HOLDING_POSITIONS.get(seededRandom.nextInt(HOLDING_POSITIONS.size()))))
                .toList());
    }

    /**
     * Returns whether its join can be held until others have reached their steps: an activity or a call can, a workflow
     * cannot.
     */
    boolean canHold() {
        return HOLDING_POSITIONS.contains(position);
    }

    /** Returns the fail point that holds this workflow at the step for a while, if its process is not killed there. */
    FailPoint failPoint(String workflow, FailAction onceRecorded) {
        FailAction action = position == FailPosition.RECORDED ? onceRecorded : FailAction.DELAY;
        return FailPoint.first(step, position, action, isPerWorkflow() ? workflow : "")
                .withInput(inputMatch)
                .withDelay(canHold() ? HOLD_TIME : SHORT_HOLD_TIME);
    }

    /** Returns whether the marker lines show this workflow at the step. */
    boolean isHeld(String workflow, List<String> lines) {
        return lines.contains(mark(workflow)) && !isReleased(workflow, lines);
    }

    /** Returns whether the marker lines show that this workflow was there and has continued. */
    boolean isReleased(String workflow, List<String> lines) {
        return lines.contains(FailPoint.releaseLine(mark(workflow)));
    }

    private String mark(String workflow) {
        return FailPoint.markerLine(step, position, isPerWorkflow() ? workflow : "");
    }

    /** Returns whether each workflow has a fail point of its own there. */
    boolean isPerWorkflow() {
        return !step.equals("Intake_Commit");
    }

    @Override
    public String toString() {
        return contractStep + " " + step + " " + position + " of a join with the expected outcome " + expected;
    }
}
