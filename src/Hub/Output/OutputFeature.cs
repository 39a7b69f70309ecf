using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Output;

/// <summary>What jobs have put out.</summary>
internal static class OutputFeature
{
    public static IServiceCollection AddOutput(this IServiceCollection services) => services
        .AddSingleton<IJobs, BookJobs>()
        .AddSingleton<JobArtifacts>()
        .AddSingleton<UploadedFiles>()
        .AddSingleton<OutputUpload>()
        .AddSingleton<OutputPlaces>()
        .AddSingleton<OutputFiles>()
        .AddSingleton<MetricsReader>()
        .AddSingleton<ArtifactAnswer>()
        .AddSingleton<MetricsCsv>();
}
