package io.nodejoin.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.nodejoin.protocol.time.InjectedTime;

@AnalyzeClasses(packages = "io.nodejoin.agent", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule needsLittleOnTheHost = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.nodejoin.agent..",
                    "io.nodejoin.protocol..",
                    "java..",
                    "javax..",
                    "com.fasterxml.jackson..",
                    "org.jose4j..",
                    "com.github.difflib..",
                    "org.jspecify.annotations")
            .because("a host gets a small process that starts fast and has little to patch");

    @ArchTest
    static final ArchRule runsCommandsInOnePlace = noClasses()
            .that()
            .resideOutsideOfPackage("io.nodejoin.agent.host")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(ProcessBuilder.class)
            .because("commands are run, cut and redacted by one runner that tests replace");

    /** ProcessCommandRunner bounds a process. */
    @ArchTest
    static final ArchRule timeIsPassedIn = InjectedTime.exceptIn("Wiring", "ProcessCommandRunner");

    @ArchTest
    static final ArchRule hasNoPackageCycles =
            slices().matching("io.nodejoin.agent.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule hasNoStaticStateThatChanges =
            fields().that().areStatic().should().beFinal();
}
