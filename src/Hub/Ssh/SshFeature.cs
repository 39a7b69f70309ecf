using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Ssh;

/// <summary>The way into machines by ssh.</summary>
internal static class SshFeature
{
    public static IServiceCollection AddSsh(this IServiceCollection services) => services
        .AddSingleton<SshSessions>()
        .AddSingleton<SshKeys>()
        .AddSingleton<HostKeys>()
        .AddSingleton<Sshd>()
        .AddSingleton<SshWays>()
        .AddSingleton<HomeKeys>()
        .AddSingleton<HomeKeyTrial>()
        .AddHostedService<SshDoor>()
        .AddHostedService<SshGateway>();
}
