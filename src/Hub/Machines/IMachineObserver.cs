namespace Holdfast.Hub.Machines;

/// <summary>Is told of each change of a machine, in order, and once: what costs, events and limits go by. After a start of the hub nothing is told of what was so before.</summary>
internal interface IMachineObserver
{
    /// <summary>Called while the machine's record is held: it must be quick, and must not call the <see cref="Fleet"/>.</summary>
    /// <param name="before">As it was.</param>
    /// <param name="now">As it was just written.</param>
    void Changed(MachineRecord before, MachineRecord now);
}
