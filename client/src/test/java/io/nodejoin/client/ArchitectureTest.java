package io.nodejoin.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.nodejoin.protocol.time.InjectedTime;

@AnalyzeClasses(packages = "io.nodejoin.client", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule runsNoCommands =
            noClasses().should().dependOnClassesThat().areAssignableTo(ProcessBuilder.class);

    /** They construct. */
    @ArchTest
    static final ArchRule timeIsPassedIn = InjectedTime.exceptIn("ClusterAdapters", "PayloadProtection");

    @ArchTest
    static final ArchRule hasNoPackageCycles =
            slices().matching("io.nodejoin.client.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule hasNoStaticStateThatChanges =
            fields().that().areStatic().should().beFinal();
}
