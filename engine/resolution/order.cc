#include "engine/resolution/order.h"

#include <set>
#include <utility>

namespace regraft::resolution {

Order DeriveOrder(const std::vector<OrderedAction>& actions) {
  std::vector<size_t> open(actions.size());
  std::vector<std::vector<size_t>> followers(actions.size());
  for (size_t i = 0; i < actions.size(); ++i)
    for (const Need& need : actions[i].needs) {
      ++open[i];
      followers[need.before].push_back(i);
    }
  std::set<std::pair<int, size_t>> ready;
  for (size_t i = 0; i < actions.size(); ++i)
    if (open[i] == 0) ready.emplace(actions[i].phase, i);
  Order order;
  while (!ready.empty()) {
    const size_t next = ready.begin()->second;
    ready.erase(ready.begin());
    order.sequence.push_back(next);
    for (const size_t follower : followers[next])
      if (--open[follower] == 0) ready.emplace(actions[follower].phase, follower);
  }
  for (size_t i = 0; i < actions.size(); ++i)
    if (open[i] > 0) order.circle.push_back(i);
  return order;
}

}  // namespace regraft::resolution
