package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.faults.Cut;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One death of the service: at which step of which kind of join, and when.
 *
 * @param hit which time that the join comes there
 */
record Cell(String contract, String step, Cut cut, int hit, Course course) {
    private static final List<Cut> CALLS = List.of(Cut.BEFORE, Cut.AFTER);

    /** A step of a join, by the contract's number for it. */
    private record Step(String contract, String name, int hit, Course course) {
        List<Cut> cuts() {
            return Steps.isCall(name) ? CALLS : List.of(Cut.values());
        }

        Cell at(Cut cut) {
            return new Cell(contract, name, cut, hit, course);
        }
    }

    /** Those that take longest to be noticed come first: they heal beside the others. */
    private static final List<Step> STEPS = List.of(
            new Step("S7", "Host_Preflight", 1, Course.SOUND),
            new Step("S8", "Host_PrepareHost", 1, Course.SOUND),
            new Step("S11", "Host_StartKubelet", 1, Course.SOUND),
            new Step("S12", "Certificate_Decide", 1, Course.SOUND),
            new Step("S13", "Node_AwaitRegistered", 1, Course.SOUND),
            new Step("S15", "Node_AwaitReady", 1, Course.SOUND),
            new Step("C1", "Host_ResetHost", 1, Course.UNWANTED),
            new Step("S10", "ClusterInfo_PublishSignature", 1, Course.SOUND),
            new Step("S16", "Event_Publish", 1, Course.SOUND),
            new Step("C6", "Event_Publish", 8, Course.UNWANTED),
            new Step("C4", "Node_Remove", 1, Course.UNWANTED),
            new Step("C5", "Certificate_Issued", 1, Course.UNWANTED),
            new Step("C3", "Certificate_DenyUndecided", 1, Course.BROKEN),
            new Step("C2", "Token_Revoke", 1, Course.BROKEN),
            new Step("C2", "ClusterInfo_RemoveSignature", 1, Course.BROKEN),
            new Step("S9a", "Token_Reserve", 1, Course.SOUND),
            new Step("S9b", "Token_Issue", 1, Course.SOUND),
            new Step("S14", "Token_Revoke", 1, Course.SOUND),
            new Step("S14", "ClusterInfo_RemoveSignature", 1, Course.SOUND),
            new Step("S14", "Certificate_DenyOthers", 1, Course.SOUND),
            new Step("S15", "Node_Remember", 1, Course.SOUND),
            new Step("S5", "ClusterInfo_Ensure", 1, Course.SOUND),
            new Step("S5", "Node_Inspect", 1, Course.SOUND),
            new Step("S6", "Update_enroll", 1, Course.SOUND),
            new Step("S6", "Signal_agentConnected", 1, Course.SOUND),
            new Step("S3", "Intake_Start", 1, Course.SOUND),
            new Step("S4", "Intake_Commit", 1, Course.SOUND));

    /** Every step with every cut, or one cut of each step. */
    static List<Cell> all(Scale scale) {
        Random lots = scale.lots("cuts");
        List<Cell> cells = new ArrayList<>();
        for (Step step : STEPS) {
            List<Cut> cuts = step.cuts();
            if (scale.whole()) {
                cuts.forEach(cut -> cells.add(step.at(cut)));
            } else {
                cells.add(step.at(cuts.get(lots.nextInt(cuts.size()))));
            }
        }
        return cells;
    }

    @Override
    public String toString() {
        return contract + " " + step + ":" + cut + ":" + hit + " of a join that is " + course;
    }
}
