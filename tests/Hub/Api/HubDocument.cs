using System.Text.Json;
using Holdfast.Hub.Api;
using Holdfast.Hub.Api.Contract;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Holdfast.Hub.Tests.Api;

/// <summary>The description of what is mapped, made from it: what the hub has in a file is compared with it. Making it takes parts of the platform that a trimmed program cannot have.</summary>
internal static class HubDocument
{
    /// <summary>The one that is meant where the path names none.</summary>
    private const string Name = "v1";

    /// <summary>Not where the hub has it.</summary>
    public const string Path = "/api/v1/openapi-as-mapped.json";

    public static IServiceCollection AddHubDocument(this IServiceCollection services) => services.ConfigureHttpJsonOptions(json =>
    {
        json.SerializerOptions.TypeInfoResolverChain.Insert(0, HubJson.Default);
        json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
    }).AddOpenApi(Name, options =>
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

    public static void MapHubDocument(this IEndpointRouteBuilder endpoints) => endpoints.MapOpenApi(Path);
}
