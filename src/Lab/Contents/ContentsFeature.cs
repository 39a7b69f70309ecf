using Holdfast.Lab.Recording;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Contents;

/// <summary>Files, notebooks, folders and their checkpoints.</summary>
internal static class ContentsFeature
{
    public static IServiceCollection AddContents(this IServiceCollection services) => services
        .AddSingleton<Trash>()
        .AddSingleton<NotebookTrust>()
        .AddSingleton<ContentsReading>()
        .AddSingleton<NotebookTurns>()
        .AddSingleton<NotebookSaving>()
        .AddSingleton<Uploads>()
        .AddSingleton<ResumedUploads>()
        .AddSingleton<ContentsSaving>()
        .AddSingleton<ContentsMoving>()
        .AddSingleton<ContentsEndpoint>();

    public static void MapContents(this IEndpointRouteBuilder endpoints)
    {
        var contents = endpoints.ServiceProvider.GetRequiredService<ContentsEndpoint>();
        endpoints.MapMethods(ContentsEndpoint.Route + "/{**path}", ["GET", "POST", "PUT", "PATCH", "DELETE"], contents.HandleAsync);
        endpoints.MapPost("/api/uploads", contents.BeginUploadAsync);
    }
}
