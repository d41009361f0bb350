package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.faults.Cut;
import io.nodejoin.testbed.faults.FailAction;
import io.nodejoin.testbed.faults.FailPoint;
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
 * @param asking words by which one of several steps of this name is meant, or empty for the first one
 */
record Cell(String contract, String step, Cut cut, String asking, Course course) {
    /** Less than any step may take, and longer than {@link Sweep} gathers after a blow. */
    private static final Duration HELD = Duration.ofSeconds(14);

    /** Less than a workflow may stand still before it is taken for a deadlock, and longer than it takes to see that it does. */
    private static final Duration HELD_BRIEFLY = Duration.ofSeconds(2);

    /** Those at which a join can be held until others are at their steps. */
    private static final List<Cut> HOLDING = List.of(Cut.BEFORE, Cut.AFTER);

    /** A step of a join, by the contract's number for it. */
    private record Step(String contract, String name, String asking, Course course) {
        Step(String contract, String name, Course course) {
            this(contract, name, "", course);
        }

        List<Cut> cuts() {
            return Steps.isCall(name) ? HOLDING : List.of(Cut.values());
        }

        Cell at(Cut cut) {
            return new Cell(contract, name, cut, asking, course);
        }
    }

    /** Those that take longest to be noticed come first: they heal beside the others. */
    private static final List<Step> STEPS = List.of(
            new Step("S7", "Host_Preflight", Course.SOUND),
            new Step("S8", "Host_PrepareHost", Course.SOUND),
            new Step("S11", "Host_StartKubelet", Course.SOUND),
            new Step("S12", "Certificate_Decide", Course.SOUND),
            new Step("S13", "Node_AwaitRegistered", Course.SOUND),
            new Step("S15", "Node_AwaitReady", Course.SOUND),
            new Step("C1", "Host_ResetHost", Course.UNWANTED),
            new Step("S10", "ClusterInfo_PublishSignature", Course.SOUND),
            new Step("S16", "Event_Publish", "=JoinSucceeded[", Course.SOUND),
            new Step("C6", "Event_Publish", "=JoinCancelled[", Course.UNWANTED),
            new Step("C4", "Node_Remove", Course.UNWANTED),
            new Step("C5", "Certificate_Issued", Course.UNWANTED),
            new Step("C3", "Certificate_DenyUndecided", Course.BROKEN),
            new Step("C2", "Token_Revoke", Course.BROKEN),
            new Step("C2", "ClusterInfo_RemoveSignature", Course.BROKEN),
            new Step("S9a", "Token_Reserve", Course.SOUND),
            new Step("S9b", "Token_Issue", Course.SOUND),
            new Step("S14", "Token_Revoke", Course.SOUND),
            new Step("S14", "ClusterInfo_RemoveSignature", Course.SOUND),
            new Step("S14", "Certificate_DenyOthers", Course.SOUND),
            new Step("S14", "Token_Forget", Course.SOUND),
            new Step("S15", "Node_Remember", Course.SOUND),
            new Step("S5", "ClusterInfo_Ensure", Course.SOUND),
            new Step("S5", "Node_Inspect", Course.SOUND),
            new Step("S6", "Update_enroll", Course.SOUND),
            new Step("S6", "Signal_agentConnected", Course.SOUND),
            new Step("S3", "Intake_Start", Course.SOUND),
            new Step("S4", "Intake_Commit", Course.SOUND));

    /** The names of all steps. */
    static Set<String> steps() {
        return STEPS.stream().map(Step::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Every step: once, before its effect or after it as the lot falls, or in one round for each cut. */
    static List<List<Cell>> rounds(Scale scale, String experiment) {
        if (scale.whole()) {
            return Stream.of(Cut.values())
                    .map(cut -> STEPS.stream()
                            .filter(step -> step.cuts().contains(cut))
                            .map(step -> step.at(cut))
                            .toList())
                    .toList();
        }
        Random lots = scale.lots(experiment);
        return List.of(STEPS.stream()
                .map(step -> step.at(HOLDING.get(lots.nextInt(HOLDING.size()))))
                .toList());
    }

    /** Whether its join can be held until others are at their steps: an activity or a call can, and a workflow cannot. */
    boolean waitsForOthers() {
        return HOLDING.contains(cut);
    }

    /** Lets this workflow come to the step and stay there for a while, if what it runs in does not die at once. */
    FailPoint point(String workflow, FailAction onceRecorded) {
        FailAction action = cut == Cut.RECORDED ? onceRecorded : FailAction.DELAY;
        return FailPoint.first(step, cut, action, isOfAWorkflow() ? workflow : "")
                .asking(asking)
                .holding(waitsForOthers() ? HELD : HELD_BRIEFLY);
    }

    /** Whether this workflow is there, by these lines of a marker. */
    boolean holds(String workflow, List<String> lines) {
        return lines.contains(mark(workflow)) && !hasLetGo(workflow, lines);
    }

    /** Whether this workflow was there and has gone on, by these lines of a marker. */
    boolean hasLetGo(String workflow, List<String> lines) {
        return lines.contains(FailPoint.past(mark(workflow)));
    }

    private String mark(String workflow) {
        return FailPoint.mark(step, cut, isOfAWorkflow() ? workflow : "");
    }

    /** Whether each workflow has a fail point of its own there. */
    boolean isOfAWorkflow() {
        return !step.equals("Intake_Commit");
    }

    @Override
    public String toString() {
        return contract + " " + step + " " + cut + " of a join that is " + course;
    }
}
