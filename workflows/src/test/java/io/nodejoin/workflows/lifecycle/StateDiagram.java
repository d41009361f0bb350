package io.nodejoin.workflows.lifecycle;

import static java.util.stream.Collectors.joining;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The states of a workflow and the transitions between them, read from its sealed type of states. */
public final class StateDiagram {
    private final Class<?> type;
    private final List<Class<?>> states;

    private record Transition(Class<?> from, Class<?> to, String method) {}

    private StateDiagram(Class<?> type) {
        this.type = type;
        states = statesOf(type).distinct().toList();
    }

    public static StateDiagram of(Class<? extends NodeWorkflowHandlers<?>> workflow) {
        ParameterizedType handlers = (ParameterizedType) workflow.getGenericSuperclass();
        return new StateDiagram((Class<?>) handlers.getActualTypeArguments()[0]);
    }

    /** The transitions, in the format of {@link TakenTransitions}. */
    public Set<String> transitions() {
        Set<String> pairs = new TreeSet<>();
        all().forEach(transition -> pairs.add(TakenTransitions.format(
                transition.from().getSimpleName(), transition.to().getSimpleName())));
        return pairs;
    }

    String mermaid() {
        String edges = all().map(StateDiagram::edge).collect(joining());
        String ends = states.stream()
                .filter(LifecycleState.Ended.class::isAssignableFrom)
                .map(state -> "    " + state.getSimpleName() + " --> [*]\n")
                .collect(joining());
        return "stateDiagram-v2\n    [*] --> " + states.getFirst().getSimpleName() + "\n" + edges + ends;
    }

    private Stream<Transition> all() {
        return states.stream()
                .flatMap(from -> transitionsFrom(from)
                        .sorted(Comparator.comparingInt(transition -> states.indexOf(transition.to()))));
    }

    private Stream<Transition> transitionsFrom(Class<?> from) {
        return Stream.concat(Arrays.stream(from.getDeclaredMethods()), Arrays.stream(from.getMethods()))
                .distinct()
                .filter(method -> type.isAssignableFrom(method.getReturnType()) && isTransition(from, method))
                .flatMap(method ->
                        statesOf(method.getReturnType()).map(to -> new Transition(from, to, method.getName())));
    }

    private static boolean isTransition(Class<?> from, Method method) {
        return !method.isBridge()
                && !Modifier.isAbstract(method.getModifiers())
                && Arrays.stream(from.getRecordComponents())
                        .noneMatch(component -> component.getAccessor().equals(method));
    }

    private static Stream<Class<?>> statesOf(Class<?> sealedType) {
        return sealedType.isSealed()
                ? Arrays.stream(sealedType.getPermittedSubclasses()).flatMap(StateDiagram::statesOf)
                : Stream.of(sealedType);
    }

    /** Returns the label; empty for a transition with the name of its target state. */
    private static String edge(Transition transition) {
        String to = transition.to().getSimpleName();
        String label = transition.method().equalsIgnoreCase(to)
                ? ""
                : ": " + transition.method().replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
        return "    " + transition.from().getSimpleName() + " --> " + to + label + "\n";
    }
}
