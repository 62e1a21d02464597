using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace SharpRun.Analyzers;

/// <summary>Walks the operations of one <c>[NoGc]</c> member and reports all that are not known to be harmless.</summary>
internal sealed class NoGcOperations(ISymbol owner, Action<Diagnostic> report)
{
    // More becomes a call to a clearing routine of the core library, or a stack cookie.
    private const int StackallocLimit = 64;

    /// <summary>Reports what is wrong in the operation or below it; false when nothing is.</summary>
    internal bool Check(IOperation operation)
    {
        if (Problem(operation) is { } problem)
        {
            // One report for a construct is enough: its parts are wrong because it is.
            Report(operation, problem);
            return true;
        }

        // A constant is computed by the compiler.
        if (operation.ConstantValue.HasValue)
        {
            return false;
        }

        bool reported = false;
        foreach (IOperation child in operation.ChildOperations)
        {
            reported |= Check(child);
        }

        // What made the value is the better place for the report than where it went.
        if (!reported && ByType(operation) is { } type)
        {
            Report(operation, type);
            reported = true;
        }

        return reported;
    }

    private void Report(IOperation operation, string problem) =>
        report(Diagnostic.Create(NoGcAnalyzer.Rule, operation.Syntax.GetLocation(), problem));

    private string? Problem(IOperation operation)
    {
        if (operation.Kind == OperationKind.Invalid)
        {
            return null; // The compiler has already reported it.
        }

        if (operation.ConstantValue is { HasValue: true, Value: string } || operation.Kind == OperationKind.Utf8String)
        {
            return "a string literal is a managed object";
        }

        return operation.ConstantValue.HasValue ? null : ByKind(operation);
    }

    private static string? ByType(IOperation operation) => operation switch
    {
        IVariableDeclaratorOperation { Symbol.Type: { } type } when !NoGcSymbols.IsAllowedType(type) => NoGcSymbols.ManagedType(type),
        IDiscardOperation => null,
        // 'null' has no type of its own; a conversion to a pointer is around it.
        { Type: { } type } when !NoGcSymbols.IsAllowedType(type) => NoGcSymbols.ManagedType(type),
        _ => null,
    };

    private string? ByKind(IOperation operation) => operation switch
    {
        IInvocationOperation invocation => Call(invocation.TargetMethod, invocation.IsVirtual),
        IFunctionPointerInvocationOperation call => Indirect(call),
        IObjectCreationOperation creation => Creation(creation),
        IPropertyReferenceOperation property => Property(property.Property),
        IFieldReferenceOperation field => Field(field.Field),
        IMethodReferenceOperation method => method.Parent is IAddressOfOperation ? Call(method.Method, isVirtual: false) : "a delegate is a managed object",
        IConversionOperation conversion => Conversion(conversion),
        IBinaryOperation binary => Operator(binary.OperatorMethod, binary.IsChecked)
            ?? Division(binary.OperatorKind, binary.Type, binary.RightOperand),
        ICompoundAssignmentOperation compound => Operator(compound.OperatorMethod, compound.IsChecked)
            ?? Division(compound.OperatorKind, compound.Type, compound.Value),
        IUnaryOperation unary => Operator(unary.OperatorMethod, unary.IsChecked),
        IIncrementOrDecrementOperation step => Operator(step.OperatorMethod, step.IsChecked),
        IForEachLoopOperation => "'foreach' calls an enumerator or checks bounds",
        ISwitchOperation choice => HasDefault(choice) ? null : "a 'switch' without a default arm",
        ISwitchExpressionOperation choice => HasDefault(choice) ? null : "a 'switch' without a default arm throws",
        ILocalFunctionOperation { Symbol.IsStatic: false } => "a local function that is not static may capture variables",
        IReturnOperation { Kind: OperationKind.YieldReturn or OperationKind.YieldBreak } => "'yield' allocates an enumerator",
        IDynamicInvocationOperation => "'dynamic' runs the binder",
        _ => Kind(operation),
    };

    private static string? Kind(IOperation operation) => operation.Kind switch
    {
        // Structure and control flow.
        OperationKind.Block or OperationKind.MethodBody or OperationKind.ConstructorBody or OperationKind.ExpressionStatement
            or OperationKind.VariableDeclarationGroup or OperationKind.VariableDeclaration or OperationKind.VariableDeclarator
            or OperationKind.VariableInitializer or OperationKind.FieldInitializer or OperationKind.PropertyInitializer
            or OperationKind.Return or OperationKind.Conditional or OperationKind.Loop or OperationKind.Branch
            or OperationKind.Labeled or OperationKind.Empty or OperationKind.SwitchCase or OperationKind.CaseClause
            or OperationKind.SwitchExpressionArm or OperationKind.LocalFunction => null,

        // Values.
        OperationKind.Literal or OperationKind.LocalReference or OperationKind.ParameterReference or OperationKind.InstanceReference
            or OperationKind.DefaultValue or OperationKind.SizeOf or OperationKind.AddressOf or OperationKind.SimpleAssignment
            or OperationKind.Parenthesized or OperationKind.Discard or OperationKind.Argument or OperationKind.DeclarationExpression
            or OperationKind.ObjectOrCollectionInitializer => null,

        // Patterns that only compare numbers.
        OperationKind.IsPattern or OperationKind.ConstantPattern or OperationKind.RelationalPattern or OperationKind.BinaryPattern
            or OperationKind.NegatedPattern or OperationKind.DiscardPattern => null,

        OperationKind.ArrayCreation or OperationKind.CollectionExpression => "an array allocates",
        OperationKind.AnonymousObjectCreation or OperationKind.TypeParameterObjectCreation => "'new' allocates",
        OperationKind.AnonymousFunction or OperationKind.DelegateCreation => "a delegate or lambda allocates",
        OperationKind.InterpolatedString => "string interpolation allocates",
        OperationKind.ArrayElementReference or OperationKind.ImplicitIndexerReference or OperationKind.InlineArrayAccess =>
            "indexing checks bounds and may throw",
        OperationKind.Try => "'try' needs the exception machinery",
        OperationKind.Throw => "'throw' allocates",
        OperationKind.Lock => "'lock' takes a lock that another thread may have held at the clone",
        OperationKind.Using or OperationKind.UsingDeclaration => "'using' needs 'try' and 'Dispose'",
        OperationKind.Await => "'await' allocates",
        OperationKind.TypeOf or OperationKind.IsType => "a type test or 'typeof' uses runtime type information",
        OperationKind.None => Unsafe(operation),
        _ => $"'{operation.Syntax.Kind()}' is not on the list of allowed constructs",
    };

    /// <summary>Pointer code has no operation kinds of its own: the syntax says what it is.</summary>
    private static string? Unsafe(IOperation operation) => operation.Syntax switch
    {
        StackAllocArrayCreationExpressionSyntax allocation => Stackalloc(operation, allocation),
        ImplicitStackAllocArrayCreationExpressionSyntax => "'stackalloc' without a constant size",
        FixedStatementSyntax => "'fixed' pins managed memory",
        // p[i] and *p
        ElementAccessExpressionSyntax or PrefixUnaryExpressionSyntax => null,
        // In p->Field the indirection has the syntax of p, whatever that is.
        { Parent: MemberAccessExpressionSyntax access } pointer
            when access.IsKind(SyntaxKind.PointerMemberAccessExpression) && access.Expression == pointer => null,
        _ => $"'{operation.Syntax.Kind()}' is not on the list of allowed constructs",
    };

    private static string? Stackalloc(IOperation operation, StackAllocArrayCreationExpressionSyntax syntax)
    {
        SemanticModel? model = operation.SemanticModel;
        if (model is null
            || syntax.Type is not ArrayTypeSyntax array
            || array.RankSpecifiers[0].Sizes[0] is not { } size
            || model.GetConstantValue(size) is not { HasValue: true, Value: int count }
            || model.GetTypeInfo(array.ElementType).Type is not { } element
            || NoGcSymbols.SizeOf(element) is not { } elementSize)
        {
            return "'stackalloc' without a constant size";
        }

        return (long)count * elementSize > StackallocLimit ? $"'stackalloc' of more than {StackallocLimit} bytes calls a clearing routine" : null;
    }

    private static string? Call(IMethodSymbol method, bool isVirtual)
    {
        string name = method.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);
        return method switch
        {
            _ when NoGcSymbols.IsForeign(method) => $"the P/Invoke or extern method '{name}'",
            { MethodKind: MethodKind.DelegateInvoke } => "a call through a delegate",
            _ when isVirtual || method.IsVirtual || method.IsAbstract || method.ContainingType.TypeKind == TypeKind.Interface =>
                $"the interface or virtual call '{name}'",
            { IsStatic: false, ContainingType.TypeKind: TypeKind.Class } => $"the instance method '{name}' of a class",
            // A record's Equals, GetHashCode and ToString use comparers and builders, whatever its attribute says.
            { IsImplicitlyDeclared: true } => $"a call to the compiler's '{name}'",
            _ when !NoGcSymbols.IsNoGc(method) => $"a call to '{name}', which is not [NoGc],",
            _ => Generic(method),
        };
    }

    private static string? Generic(IMethodSymbol method)
    {
        foreach (ITypeSymbol argument in method.TypeArguments)
        {
            if (!NoGcSymbols.IsAllowedType(argument))
            {
                return $"the type argument '{argument.ToDisplayString()}', which is not unmanaged,";
            }
        }

        return null;
    }

    private string? Indirect(IFunctionPointerInvocationOperation call)
    {
        if (call.Target.Type is IFunctionPointerTypeSymbol { Signature.CallingConvention: not System.Reflection.Metadata.SignatureCallingConvention.Default })
        {
            return "a call through an unmanaged function pointer makes a GC transition";
        }

        return owner.ContainingType?.Name == "Kernel" ? null : "a call through a function pointer outside Kernel";
    }

    private static string? Creation(IObjectCreationOperation creation) => creation.Constructor switch
    {
        null => null,
        { ContainingType.TypeKind: not TypeKind.Struct } => "'new' allocates",
        { } constructor when NoGcSymbols.IsNoGc(constructor) && !NoGcSymbols.IsForeign(constructor) => null,
        { } constructor when NoGcSymbols.IsGeneratedStructConstructor(constructor) => null,
        { } constructor => $"a call to the constructor of '{constructor.ContainingType.Name}', which is not [NoGc],",
    };

    private static string? Property(IPropertySymbol property)
    {
        if (NoGcSymbols.IsAutoProperty(property))
        {
            return null;
        }

        string name = property.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);
        return property switch
        {
            { IsStatic: true } when NoGcSymbols.BackingField(property) is not null => $"the static property '{name}' is a static field",
            { IsVirtual: true } or { IsAbstract: true } or { ContainingType.TypeKind: TypeKind.Interface } => $"the virtual property '{name}'",
            { IsIndexer: true } when !NoGcSymbols.IsNoGc(property) => $"the indexer '{name}' checks bounds and may throw",
            { IsStatic: false, ContainingType.TypeKind: TypeKind.Class } => $"the property '{name}' of a class",
            _ when !NoGcSymbols.IsNoGc(property) => $"the property '{name}', which is not [NoGc],",
            _ => null,
        };
    }

    private static string? Field(IFieldSymbol field) => field switch
    {
        { IsConst: true } => null,
        { IsStatic: true } => $"the static field '{field.Name}' (only 'const' is allowed)",
        { ContainingType.TypeKind: TypeKind.Class } => $"the field '{field.Name}' of a class",
        // A fixed-size buffer has a pointer type; its elements are reached without a bounds check.
        _ => null,
    };

    private static string? Conversion(IConversionOperation conversion)
    {
        ITypeSymbol? from = conversion.Operand.Type;
        return conversion switch
        {
            { OperatorMethod: { } method } => Operator(method, conversion.IsChecked),
            { IsChecked: true } => "'checked' throws on overflow",
            { Type.IsReferenceType: true } when from is { IsValueType: true } => $"boxing of '{from.ToDisplayString()}' allocates",
            { Type.SpecialType: not (SpecialType.System_Single or SpecialType.System_Double) }
                when from?.SpecialType is SpecialType.System_Single or SpecialType.System_Double =>
                "a conversion from floating point calls a runtime helper",
            _ => null,
        };
    }

    private static string? Operator(IMethodSymbol? method, bool isChecked) => method switch
    {
        { ContainingType.SpecialType: SpecialType.System_String } => "string concatenation allocates",
        { IsImplicitlyDeclared: true } or not null when !NoGcSymbols.IsNoGc(method) || method.IsImplicitlyDeclared =>
            $"the operator '{method!.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)}', which is not [NoGc],",
        _ => isChecked ? "'checked' throws on overflow" : null,
    };

    private static string? Division(BinaryOperatorKind kind, ITypeSymbol? type, IOperation divisor)
    {
        if (kind is not (BinaryOperatorKind.Divide or BinaryOperatorKind.Remainder))
        {
            return type?.SpecialType == SpecialType.System_String ? "string concatenation allocates" : null;
        }

        return divisor.ConstantValue.HasValue ? null : "division by a variable may call a throw helper";
    }

    private static bool HasDefault(ISwitchOperation choice)
    {
        foreach (ISwitchCaseOperation section in choice.Cases)
        {
            foreach (ICaseClauseOperation clause in section.Clauses)
            {
                if (clause.CaseKind == CaseKind.Default)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool HasDefault(ISwitchExpressionOperation choice)
    {
        foreach (ISwitchExpressionArmOperation arm in choice.Arms)
        {
            if (arm is { Pattern.Kind: OperationKind.DiscardPattern, Guard: null })
            {
                return true;
            }
        }

        return false;
    }
}
