using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Kernels;

/// <summary>Kernels and kernelspecs over HTTP and WebSockets.</summary>
internal static class KernelsFeature
{
    public static IServiceCollection AddKernels(this IServiceCollection services) => services;

    public static void MapKernels(this IEndpointRouteBuilder endpoints)
    {
    }
}
