using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.People;

/// <summary>Who asks, with the request. Set by the gate of <see cref="PeopleFeature"/>; endpoints that are open to everybody have none.</summary>
internal static class CallerContext
{
    private static readonly object Key = new();

    /// <summary>Who asks.</summary>
    /// <exception cref="InvalidOperationException">The endpoint is open to everybody.</exception>
    public static Caller Caller(this HttpContext context) => context.FindCaller() ?? throw new InvalidOperationException("The gate has not let anybody in.");

    /// <summary>Who asks; null for nobody known.</summary>
    public static Caller? FindCaller(this HttpContext context) => context.Items.TryGetValue(Key, out var caller) ? (Caller?)caller : null;

    public static void SetCaller(this HttpContext context, Caller caller) => context.Items[Key] = caller;
}
