using Holdfast.Keeper.Client;
using Holdfast.Lab.Activity;
using Holdfast.Lab.Recording;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Kernels.Channels;

/// <summary>What every page's connection needs.</summary>
internal sealed record ChannelServices(KeeperClient Keeper, PagePositions Positions, Recorder Recorder, LabInput Input, TimeProvider Time, ILogger<ChannelServices> Log)
{
    /// <summary>What went over all connections.</summary>
    public PageTraffic Traffic { get; } = new();
}
