using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Api;

/// <summary>The API's own description, made from what is mapped.</summary>
internal static class HubDocument
{
    /// <summary>The one that is meant where the path names none.</summary>
    private const string Name = "v1";

    public static IServiceCollection AddHubDocument(this IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.ShouldInclude = endpoint => endpoint.RelativePath?.StartsWith(ApiFeature.Root.TrimStart('/'), StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "Holdfast hub", Version = "v1", Description = "Errors are {code, message}; names are in snake_case, times ISO 8601, spans of time seconds, sizes bytes." };
            // Where it is asked says nothing about where others reach it.
            document.Servers?.Clear();
            return Task.CompletedTask;
        });
    });

    public static void MapHubDocument(this IEndpointRouteBuilder endpoints) => endpoints.MapOpenApi($"{ApiFeature.Root}/openapi.json");
}
