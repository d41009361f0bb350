package io.nodejoin.testbed.containers;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands the one engine of a test run to every class that wants it; where there can be none, the class is skipped and says why. */
final class EngineExtension implements BeforeAllCallback, ParameterResolver {
    @Override
    public void beforeAll(ExtensionContext context) {
        ContainerEngine.unavailableReason().ifPresent(reason -> {
            System.err.println("tests with containers are skipped: " + reason);
            Assumptions.abort("no container engine here: " + reason);
        });
        engine(context);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == ContainerEngine.class;
    }

    @Override
    public ContainerEngine resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return engine(context);
    }

    private static ContainerEngine engine(ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.GLOBAL)
                .computeIfAbsent(ContainerEngine.class, _ -> ContainerEngine.start(), ContainerEngine.class);
    }
}
