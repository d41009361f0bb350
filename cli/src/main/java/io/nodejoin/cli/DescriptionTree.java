package io.nodejoin.cli;

import io.nodejoin.cli.JoinDescription.PhaseSteps;
import io.nodejoin.cli.JoinDescription.Step;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.PlainText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Draws a description: what is fine in one line, what is not with all that is known of it. */
final class DescriptionTree {
    private static final String COMPENSATING = Phase.Compensating.name();
    /** So many folded phases are named. */
    private static final int MAX_NAMES = 3;

    private final Terminal terminal;
    private final boolean showAll;

    DescriptionTree(Terminal terminal, boolean showAll) {
        this.terminal = terminal;
        this.showAll = showAll;
    }

    List<String> lines(JoinDescription description, Instant now) {
        Tree root =
                new Tree(description.reference() + "  " + description.state().describe(now));
        if (description.node() != null) {
            root.add("Node  " + description.node().describe());
        }
        ListedRequest request = description.request();
        Tree join = root.add("%s %s  %s, from %s%s%s"
                .formatted(
                        request.kind(),
                        request.joinId(),
                        outcome(request),
                        request.started(),
                        request.pool() == null ? "" : ", pool " + request.pool(),
                        request.attempt() != null && request.attempt() > 1 ? ", attempt " + request.attempt() : ""));
        addPhases(join, description);
        addCause(join, description);
        return root.lines();
    }

    private String outcome(ListedRequest request) {
        if (request.isOpen()) {
            return request.phase().name();
        }
        return request.code().isEmpty()
                ? terminal.good(request.phase().name())
                : terminal.bad(request.phase() + " " + request.code());
    }

    private void addPhases(Tree join, JoinDescription description) {
        List<PhaseSteps> folded = new ArrayList<>();
        List<PhaseSteps> phases = description.phases();
        for (int i = 0; i < phases.size(); i++) {
            PhaseSteps phase = phases.get(i);
            if (!showAll && isFoldable(phases, i)) {
                folded.add(phase);
            } else {
                addFolded(join, folded);
                addPhase(join, phases, i);
            }
        }
        addFolded(join, folded);
    }

    /** The phase in which a join stopped is where its problem is, whatever its steps say. */
    private static boolean isFoldable(List<PhaseSteps> phases, int index) {
        boolean last = index == phases.size() - 1;
        boolean stopped = !last && phases.get(index + 1).phase().equals(COMPENSATING);
        return phases.get(index).wasFine()
                && !stopped
                && (!last || phases.get(index).terminal());
    }

    private void addFolded(Tree join, List<PhaseSteps> folded) {
        if (!folded.isEmpty()) {
            double seconds = folded.stream().mapToDouble(PhaseSteps::seconds).sum();
            join.add("%s  %s  %.1f s".formatted(terminal.good("ok") + "  ", names(folded), seconds));
            folded.clear();
        }
    }

    private static String names(List<PhaseSteps> folded) {
        return folded.size() > MAX_NAMES
                ? "%s to %s, %d phases"
                        .formatted(folded.getFirst().phase(), folded.getLast().phase(), folded.size())
                : folded.stream().map(PhaseSteps::phase).collect(Collectors.joining(", "));
    }

    private void addPhase(Tree join, List<PhaseSteps> phases, int index) {
        PhaseSteps phase = phases.get(index);
        Tree line = join.add("%s  %s  %.1f s"
                .formatted(
                        mark(phases, index),
                        phase.attempt() > 1 ? phase.phase() + " (attempt " + phase.attempt() + ")" : phase.phase(),
                        phase.seconds()));
        boolean current = index == phases.size() - 1;
        List<Step> fine = phase.steps().stream().filter(Step::wasFine).toList();
        if (!showAll && !current && !fine.isEmpty()) {
            line.add(terminal.good("ok") + "    "
                    + (fine.size() == 1 ? fine.getFirst().name() : fine.size() + " steps"));
        }
        phase.steps().stream()
                .filter(step -> showAll || current || !step.wasFine())
                .forEach(step -> addStep(line, step));
    }

    private String mark(List<PhaseSteps> phases, int index) {
        PhaseSteps phase = phases.get(index);
        boolean last = index == phases.size() - 1;
        if (last && !phase.terminal()) {
            return "now ";
        }
        if (isFoldable(phases, index)) {
            return terminal.good("ok") + "  ";
        }
        return phase.phase().equals(COMPENSATING) && phase.steps().stream().allMatch(Step::wasFine)
                ? "undo"
                : terminal.bad("FAIL");
    }

    private void addStep(Tree phase, Step step) {
        Tree line = phase.add("%s%s  %.1f s%s"
                .formatted(
                        step.wasFine() ? terminal.good("ok") + "    " : terminal.bad(step.state()) + "  ",
                        PlainText.of(step.name()),
                        step.seconds(),
                        step.attempts() > 1 ? ", attempt " + step.attempts() : ""));
        if (step.failure() != null) {
            line.add("last failure: " + PlainText.of(step.failure()));
        }
    }

    private void addCause(Tree join, JoinDescription description) {
        if (description.serviceProblem() != null) {
            join.add(terminal.bad("phases are not known") + ": " + description.serviceProblem());
        }
        if (description.waitsFor() != null) {
            join.add("waits for  " + description.waitsFor());
            join.add("until      " + PlainTime.of(description.deadline()));
        }
        if (description.problem() != null) {
            Tree problem = join.add(terminal.bad(description.problem().code()));
            problem.add("what   " + PlainText.of(description.problem().what()));
            problem.add("why    " + description.problem().why());
            problem.add("check  " + description.problem().check());
            problem.add("to do  " + description.problem().toDo());
            problem.add("docs   " + description.problem().docs());
        }
    }
}
