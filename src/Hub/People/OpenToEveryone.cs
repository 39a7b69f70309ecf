using Microsoft.AspNetCore.Builder;

namespace Holdfast.Hub.People;

/// <summary>Marks an endpoint that needs no login.</summary>
internal sealed class OpenToEveryone
{
    public static readonly OpenToEveryone Instance = new();
}

/// <summary>What endpoints say of themselves to the gate.</summary>
internal static class OpenEndpoints
{
    /// <summary>Lets everybody in, whether the gate knows them or not. What changes something still has to come from our own page, or from a program.</summary>
    public static TBuilder AllowEveryone<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(OpenToEveryone.Instance);
}
