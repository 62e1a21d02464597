using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace SharpRun.Analyzers;

/// <summary>SR0001: code marked <c>[NoGc]</c> runs between clone3 and execve and may not touch the garbage collector.</summary>
/// <remarks>
/// The rule is a list of what is allowed (<see cref="NoGcOperations"/>): a construct that nobody has thought about is refused.
/// What the compiler adds behind the source's back is caught later, in the binary, by <c>eng/nogc-gate.sh</c>.
/// </remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class NoGcAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The only diagnostic of this analyzer; its message is the reason.</summary>
    public static readonly DiagnosticDescriptor Rule = new(
        "SR0001",
        "Code of the cloned child may not touch the garbage collector",
        "{0} in no-GC code",
        "Child",
        DiagnosticSeverity.Error,
        isEnabledByDefault: true);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rule);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.EnableConcurrentExecution();
        context.RegisterOperationBlockAction(AnalyzeBlocks);
        context.RegisterSymbolAction(AnalyzeType, SymbolKind.NamedType);
        context.RegisterSymbolAction(AnalyzeMethod, SymbolKind.Method);
        context.RegisterSymbolAction(AnalyzeField, SymbolKind.Field);
        context.RegisterSymbolAction(AnalyzeProperty, SymbolKind.Property);
    }

    private static void AnalyzeBlocks(OperationBlockAnalysisContext context)
    {
        // The value of a constant is computed by the compiler: no code runs.
        if (!NoGcSymbols.IsNoGc(context.OwningSymbol) || context.OwningSymbol is IFieldSymbol { IsConst: true })
        {
            return;
        }

        var operations = new NoGcOperations(context.OwningSymbol, context.ReportDiagnostic);
        foreach (IOperation block in context.OperationBlocks)
        {
            // Attributes and default arguments are metadata, not code of this method.
            if (block.Kind is not (OperationKind.Attribute or OperationKind.ParameterInitializer))
            {
                operations.Check(block);
            }
        }
    }

    // Forgetting the attribute must not switch the rules off.
    private static void AnalyzeType(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        bool needsMark = type.TypeKind is TypeKind.Class or TypeKind.Struct or TypeKind.Interface or TypeKind.Delegate
            && type.BaseType?.ToDisplayString() != "System.Attribute"
            && type.ContainingNamespace.ToDisplayString() == "SharpRun.Linux.Child";
        if (needsMark && !NoGcSymbols.IsNoGc(type))
        {
            Report(context, type, $"the type '{type.Name}', which lacks the attribute [NoGc],");
        }
    }

    private static void AnalyzeMethod(SymbolAnalysisContext context)
    {
        var method = (IMethodSymbol)context.Symbol;
        if (method.IsImplicitlyDeclared || !NoGcSymbols.IsNoGc(method))
        {
            return;
        }

        string? problem = method switch
        {
            _ when NoGcSymbols.IsForeign(method) => "a P/Invoke or extern method leaves managed code with a GC transition",
            { IsAsync: true } => "'async' allocates a state machine",
            { MethodKind: MethodKind.StaticConstructor } => "a static constructor runs behind a lazy check",
            { IsStatic: false, ContainingType.TypeKind: TypeKind.Class } => "an instance member of a class needs an object",
            { ContainingType.TypeKind: TypeKind.Interface } => "an interface member is called indirectly",
            _ => null,
        };
        Report(context, method, problem);

        foreach (IParameterSymbol parameter in method.Parameters)
        {
            Report(context, parameter, NoGcSymbols.IsAllowedType(parameter.Type) ? null : NoGcSymbols.ManagedType(parameter.Type));
        }

        if (!NoGcSymbols.IsAllowedType(method.ReturnType))
        {
            Report(context, method, NoGcSymbols.ManagedType(method.ReturnType));
        }
    }

    private static void AnalyzeField(SymbolAnalysisContext context)
    {
        var field = (IFieldSymbol)context.Symbol;
        if (field.IsConst || !NoGcSymbols.IsNoGc(field))
        {
            return;
        }

        AnalyzeStorage(context, field, field);
    }

    private static void AnalyzeProperty(SymbolAnalysisContext context)
    {
        var property = (IPropertySymbol)context.Symbol;
        if (NoGcSymbols.IsNoGc(property) && NoGcSymbols.BackingField(property) is { } field)
        {
            AnalyzeStorage(context, property, field);
        }
    }

    private static void AnalyzeStorage(SymbolAnalysisContext context, ISymbol place, IFieldSymbol field)
    {
        if (field.IsStatic)
        {
            Report(context, place, "a static field (only 'const' is allowed) may be behind a class constructor check");
        }
        else if (!NoGcSymbols.IsAllowedType(field.Type))
        {
            Report(context, place, NoGcSymbols.ManagedType(field.Type));
        }
    }

    private static void Report(SymbolAnalysisContext context, ISymbol place, string? problem)
    {
        if (problem is not null && place.Locations.Length > 0)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, place.Locations[0], problem));
        }
    }
}
