using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;

namespace Holdfast.Cli.Outputs;

/// <summary>Where <c>holdfast outputs</c> writes to.</summary>
internal interface IOutputSink
{
    void BeginKernel(KernelRecord kernel);

    void Event(in JournalRecord record);

    void Output(Execution execution, string messageType, in KernelMessage message, in JournalRecord record);

    /// <summary>A record that is no message, and why.</summary>
    void Unreadable(in JournalRecord record, string reason);

    void Damage(JournalDamage damage);

    void EndKernel();
}
