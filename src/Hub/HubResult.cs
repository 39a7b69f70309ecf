using System.Diagnostics.CodeAnalysis;

namespace Holdfast.Hub;

/// <summary>A value or an expected failure.</summary>
public readonly record struct HubResult<T>(T? Value, HubFault? Fault)
{
    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool Ok => Fault is null;

    /// <summary>A value is a result.</summary>
    public static implicit operator HubResult<T>(T value) => new(value, null);

    /// <summary>A fault is a result.</summary>
    public static implicit operator HubResult<T>(HubFault fault) => new(default, fault);
}

/// <summary>An expected failure.</summary>
/// <param name="Code">
/// <c>bad-request</c> (400), <c>not-logged-in</c> (401), <c>forbidden</c> (403), <c>not-found</c> and <c>image-missing</c> (404), <c>exists</c> and <c>conflict</c> (409),
/// <c>would-lose</c> (409: a stop would destroy something, and was not confirmed), <c>imports-fail</c> (409: the environment lacks what a job's code imports), <c>too-many</c> (429), <c>no-capacity</c> and <c>unavailable</c> (503).
/// </param>
/// <param name="Message">One or two sentences that name the thing and the mend.</param>
public sealed record HubFault(string Code, string Message)
{
    /// <summary>Of a caller who may not write.</summary>
    internal static readonly HubFault OnlyReads = new("forbidden", "This token only reads; mend: one with the scope all.");

    /// <summary>The HTTP status that says the same.</summary>
    public int Status => Code switch
    {
        "bad-request" => 400,
        "not-logged-in" => 401,
        "forbidden" => 403,
        "not-found" or "image-missing" => 404,
        "exists" or "conflict" or "would-lose" or "imports-fail" => 409,
        "too-many" => 429,
        "no-capacity" or "unavailable" => 503,
        _ => 500,
    };
}
