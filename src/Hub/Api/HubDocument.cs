using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Holdfast.Hub.Api;

/// <summary>The API's own description, made from what is mapped.</summary>
internal static class HubDocument
{
    /// <summary>The one that is meant where the path names none.</summary>
    private const string Name = "v1";

    public static IServiceCollection AddHubDocument(this IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.ShouldInclude = endpoint => endpoint.RelativePath?.StartsWith(ApiFeature.Root.TrimStart('/'), StringComparison.Ordinal) == true;
        options.AddSchemaTransformer(SayKind);
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "Holdfast hub", Version = "v1", Description = "Errors are {code, message}; names are in snake_case, times ISO 8601, spans of time seconds, sizes bytes." };
            // Where it is asked says nothing about where others reach it.
            document.Servers?.Clear();
            return Task.CompletedTask;
        });
    });

    /// <summary>A span of time is a number of seconds.</summary>
    private static Task SayKind(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if ((Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type) == typeof(TimeSpan)) (schema.Type, schema.Pattern, schema.Format) = (JsonSchemaType.Number, null, null);
        return Task.CompletedTask;
    }

    public static void MapHubDocument(this IEndpointRouteBuilder endpoints) => endpoints.MapOpenApi($"{ApiFeature.Root}/openapi.json");
}
