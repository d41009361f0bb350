package io.nodejoin.testbed.chaos;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The steps of a join at which a service can fail, by the names of its fail points. */
final class StepNames {
    /** The update of an agent that enrolls after the start of its join. */
    static final String ENROLL = "Update_enroll";
    /** The wait for a Node that was not Ready right after its registration. */
    static final String AWAIT_READY = "Node_AwaitReady";

    /** Those of a join of which nothing fails, up to its success. */
    static final List<String> OF_A_JOIN = List.of(
            "ClusterInfo_Ensure",
            "Node_CheckName",
            ENROLL,
            "Host_Preflight",
            "Host_PrepareHost",
            "Node_Create",
            "Token_Issue",
            "Host_StartKubelet",
            "Csr_Decide",
            "Node_AwaitRegistered",
            "Token_Revoke",
            "Csr_DenyOthers",
            "Token_DeleteLedgerEntry",
            "Node_RecordJoined",
            AWAIT_READY);

    /** Those that a join with a key of its agent's begins before its success, and completes after it. */
    static final Set<String> ENDING_AFTER_SUCCESS = Set.of("Host_StartKubelet", "Csr_DenyOthers");

    /** Those that it begins after its success. */
    static final Set<String> STARTING_AFTER_SUCCESS = Set.of("Token_DeleteLedgerEntry");

    /** Those that do not hold up the success, and run about when it comes. */
    static final Set<String> BESIDE_SUCCESS = Set.of("Csr_DenyOthers", "Token_DeleteLedgerEntry");

    private StepNames() {}

    /** Returns these words as part of a node name. */
    static String toNodeNamePart(String words) {
        return words.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns whether the step is a call of intake or gateway, and not an activity. */
    static boolean isCall(String step) {
        return step.startsWith("Intake_") || step.startsWith("Update_") || step.startsWith("Signal_");
    }
}
