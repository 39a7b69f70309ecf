using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Lab.Recording;

/// <summary>The recorder and what pages ask of it. Needs the kernels' feature.</summary>
internal static class RecordingFeature
{
    public static IServiceCollection AddRecording(this IServiceCollection services) => services
        .AddSingleton<Recorder>()
        .AddSingleton<IHostedService>(provider => provider.GetRequiredService<Recorder>());

    public static void MapRecording(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods("/api/recording/fold", ["POST"], RecordingEndpoints.FoldAsync);
        endpoints.MapMethods("/api/recording/status", ["GET"], RecordingEndpoints.StatusAsync);
    }
}
